import Posix
import Processes
import Testing

/// What is damaged in an archive is found and put back by a clone that knows it, on the built program.
struct ArchiveDamageTests {
    private static func flip(_ path: String) throws {
        var bytes = try FileSystem.read(path)
        bytes[bytes.count / 2] ^= 1
        try FileSystem.remove(path)
        try FileSystem.writeAtomically(bytes, to: path)
    }

    /// Two releases of one clone.
    private static func made() throws -> (team: TeamProject, a: TeamProject.Clone) {
        let team = try TeamProject()
        let a = try team.clone("a")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try a.write("two\n")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        return (team, a)
    }

    private static func files(_ team: TeamProject, _ folder: String) throws -> [String] {
        let path = "\(team.root)/archive/\(folder)"
        return try FileSystem.entries(of: path).map { "\(path)/\($0.name)" }.sorted()
    }

    @Test(
        "T1: a segment, a number and the mark that were damaged are found by verify, and put back by the next run"
    )
    func restored() throws {
        let (team, a) = try Self.made()
        let damaged = [
            try #require(try Self.files(team, "history").first),
            "\(team.root)/archive/releases/web/1.json",
        ]
        let whole = try FileSystem.read(damaged[0])
        for path in damaged { try Self.flip(path) }
        let b = try team.clone("b")
        #expect(try b.pipeline("recover").standardErrorText.contains("its content was altered"))
        let found = try a.pipeline("verify", "--archive", "--read", "full")
        #expect(found.exit == .exited(5))
        #expect(found.standardOutputText.contains("content  history/"))
        #expect(found.standardOutputText.contains("content  releases/web/1.json"))
        let diagnosis = try a.pipeline("doctor").standardOutputText
        #expect(diagnosis.contains("damaged, and not replaced yet: history/"), "\(diagnosis)")
        #expect(diagnosis.contains("their code runs on this machine"), "\(diagnosis)")
        let mark = "\(team.root)/archive/pipeline-archive.json"
        try Self.flip(mark)
        let refused = try b.pipeline("plan")
        let newcomer = try team.clone("c").pipeline("run", "compile")
        for output in [refused, newcomer] {
            #expect(output.standardErrorText.contains("error[archive-mark]"))
        }
        let run = try a.pipeline("run", "compile")
        #expect(run.exit == .exited(0) && run.standardErrorText.contains("put back"))
        #expect(try FileSystem.read(damaged[0]) == whole)
        #expect(try a.pipeline("verify", "--archive", "--read", "full").exit == .exited(0))
        #expect(!(try b.pipeline("recover").standardErrorText.contains("not used")))
    }

    @Test("T1: a segment that was removed is put back by any clone that has read it")
    func removed() throws {
        let (team, a) = try Self.made()
        let b = try team.clone("b")
        #expect(try b.pipeline("recover").exit == .exited(0))
        let files = try Self.files(team, "history")
        for path in files { try FileSystem.remove(path) }
        try FileSystem.removeTree(a.folder)
        let run = try b.pipeline("run", "compile")
        #expect(run.standardErrorText.contains("put back"), "\(run.standardErrorText)")
        let c = try team.clone("c")
        #expect(try c.pipeline("run", "compile").exit == .exited(0))
        #expect(try c.unitsRun() == "0")
        #expect(Set(files).isSubset(of: try Self.files(team, "history")))
    }

    @Test(
        "while part of the history is damaged nothing is collected, and a rollback names its release"
    )
    func incomplete() throws {
        let (team, a) = try Self.made()
        try a.write("three\n")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        let last = try Self.files(team, "history").sorted().last
        try Self.flip(try #require(last))
        let b = try team.clone("b")
        let back = try b.pipeline("rollback")
        #expect(back.standardErrorText.contains("archive-incomplete"), "\(back.standardErrorText)")
        #expect(try team.page() == "three\n")
        for words in [["--dry-run"], ["--yes"]] {
            let command = b.command(["gc", "--archive", "--results", "1", "--days", "0"] + words)
            let collected = try ProcessRunner.run(command, timeout: 60)
            #expect(collected.standardErrorText.contains("archive-incomplete"))
        }
        #expect(
            try FileSystem.status("\(team.root)/archive/pipeline-archive-unneeded.json") == nil)
        #expect(try b.pipeline("rollback", "--to", "1").exit == .exited(0))
        #expect(try team.page() == "one\n")
    }

    @Test(
        "a server that accepts a connection and says nothing is waited for a short time, and named with that time"
    )
    func silent() throws {
        let (listener, port) = try LoopbackSocket.listen(port: 0)
        defer { Descriptors.close(listener) }
        let team = try TeamProject(
            ", transport: sftp, host: 127.0.0.1, port: \(port)", archive: "/archive")
        let a = try team.clone("a")
        let began = MonotonicClock.nanoseconds()
        let plan = try a.pipeline("plan")
        let seconds = Double(MonotonicClock.nanoseconds() - began) / 1e9
        #expect(plan.exit == .exited(0) && seconds < 15, "\(seconds) s")
        #expect(plan.standardErrorText.contains("has not answered for 5 seconds"))
        #expect(try Self.asked(listener))
        for command in ["status", "plan", "releases"] {
            let looks = try a.pipeline(command)
            let told = looks.standardErrorText
            #expect(told.contains("is asked again after a minute"), "\(command): \(told)")
        }
        #expect(try !Self.asked(listener), "within a minute nobody who looks asks it again")
        // As it is a minute later.
        let memory = a.folder + "/.pipeline/archive/silent"
        let place = try FileSystem.readText(memory).split(separator: " ", maxSplits: 1)
        let before = (Int64(place[0]) ?? 0) - 61_000
        try FileSystem.writeAtomically(Array("\(before) \(place[1])".utf8), to: memory)
        #expect(try a.pipeline("plan").standardErrorText.contains("has not answered for 5"))
        #expect(try Self.asked(listener))
        let verify = try a.pipeline("verify", "--archive")
        #expect(verify.exit == .exited(1))
        #expect(verify.standardErrorText.contains("error[archive-unreachable]"))
        #expect(try Self.asked(listener), "who needs it asks it")
        #expect(try a.pipeline("doctor").standardOutputText.contains("has not answered for 5"))
    }

    /// Whether somebody has connected since the last time.
    private static func asked(_ listener: Int32) throws -> Bool {
        var count = 0
        while try !Poll.wait([(listener, .readable)], timeoutMs: 0).isEmpty {
            if let connection = try LoopbackSocket.accept(listener) {
                Descriptors.close(connection)
            }
            count += 1
        }
        return count > 0
    }

    @Test(
        "T1: content that is damaged in a release is sent again by the clone that has it, and not taken for what a killed one sent",
        arguments: [false, true])
    func contents(afterKill: Bool) throws {
        let (team, a) = try Self.made()
        var damaged: [String] = []
        for folder in try Self.files(team, "objects") {
            for entry in try FileSystem.entries(of: folder) {
                try Self.flip("\(folder)/\(entry.name)")
                damaged.append(entry.name)
            }
        }
        let found = try a.pipeline("verify", "--archive", "--read", "full")
        #expect(found.exit == .exited(5), "\(found.standardOutputText)")
        if afterKill {
            let digests = damaged.map { $0.prefix(64) + "\n" }.joined()
            try FileSystem.writeAtomically(
                Array(digests.utf8), to: a.folder + "/.pipeline/archive/unnamed")
        }
        let known = Set(try Self.files(team, "history"))
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        let new = try Self.files(team, "history").filter { !known.contains($0) }
        let texts = try new.map { try FileSystem.readText($0) }.joined()
        for name in damaged {
            #expect(texts.contains(name.prefix(64)), "it is sent again")
            #expect(!texts.contains("\(name)\""), "nothing names the damaged file again")
        }
        let again = try a.pipeline("verify", "--archive", "--read", "full")
        #expect(again.exit == .exited(0))
        #expect(again.standardErrorText.contains("damaged before"))
        let b = try team.clone("b")
        #expect(try b.pipeline("rollback", "--to", "1").exit == .exited(0))
        #expect(try team.page() == "one\n")
    }
}
