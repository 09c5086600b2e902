import Posix
import Processes
import TestServers
import Testing

/// T6: what is forged, damaged, missing or out of reach.
extension ArchivedClusterTests {
    @Test(
        "T6: a record that somebody without the key has written into the archive is not used, and is reported"
    )
    func forged() throws {
        let archived = try ArchivedProject(1, script: "while ! test -e GATE; do sleep 0.05; done")
        let project = archived.project
        try archived.useGate()
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try archived.handed().contains("0-0-0.record") })
        let record = try #require(
            archived.archive.files("tasks").first { $0.hasSuffix("0-0-0.record") })
        // As the task's own next record, with a code that is made without the key.
        let genuine = try FileSystem.readText(record)
        let body = genuine.split(separator: "\n", maxSplits: 1)[1]
        let code = String(repeating: "ab", count: 32)
        try FileSystem.writeAtomically(
            Array("\(code)\n\(body)".utf8), to: record.replacing("0-0-0", with: "0-0-1"))
        // And one that is genuine, in another place.
        try FileSystem.writeAtomically(
            Array(genuine.utf8), to: record.replacing("0-0-0", with: "0-1-0"))
        for name in ["0-0-1.record", "0-1-0.record"] {
            #expect(
                try project.wait {
                    try project.text("run.out").contains("\(name) of pipeline-1-")
                })
        }
        #expect(try !project.exists("out/1.txt"))
        try archived.go()
        let end = run.wait(timeoutMs: 60_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        #expect(try project.text("run.out").contains("no task of this batch has written it"))
        #expect(try project.text("out/1.txt") == "content 1 of input\n")
        #expect(try archived.lines("begin").count == 1)
    }

    @Test("T6: an input that was damaged in the archive is refused by the node, and sent again")
    func damagedInput() throws {
        let archived = try ArchivedProject(2)
        let project = archived.project
        // No task has fetched it before, so that the node does not have it.
        try project.write("in.txt", "damaged\n")
        let slurm = archived.cluster.slurm
        try slurm.ask("scontrol", "update", "PartitionName=main", "State=DOWN")
        defer { _ = try? slurm.ask("scontrol", "update", "PartitionName=main", "State=UP") }
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try project.text("run.out").contains("PartitionDown") })
        try Self.flip(archived.archive.files("packs"))
        try slurm.ask("scontrol", "update", "PartitionName=main", "State=UP")
        let end = run.wait(timeoutMs: 90_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        let said = try project.text("run.out")
        #expect(said.contains("submitted again: the archive does not give this node"), "\(said)")
        #expect(try project.text("out/2.txt") == "content 2 of damaged\n")
    }

    @Test("T6: an output that was damaged in the archive is refused on this side, and made again")
    func damagedOutput() throws {
        let archived = try ArchivedProject(1, script: "while ! test -e GATE; do sleep 0.05; done")
        let project = archived.project
        try archived.useGate()
        let victim = try project.start(environment: archived.environment)
        #expect(try project.wait { try !archived.lines("begin").isEmpty })
        victim.signal(9)
        _ = victim.wait()
        let before = try Set(archived.archive.files("packs"))
        try archived.go()
        #expect(try project.wait { try archived.reportedEnds() == 1 })
        try Self.flip(archived.archive.files("packs").filter { !before.contains($0) })
        let next = try archived.run()
        #expect(next.exit == .exited(0), "\(next.standardError) \(next.notes)")
        #expect(next.ran == ["make/u/1"])
        #expect(try archived.lines("begin").count == 2)
        #expect(try project.text("out/1.txt") == "content 1 of input\n")
    }

    /// Changes the first byte of each file.
    private static func flip(_ files: [String]) throws {
        for file in files {
            var bytes = try FileSystem.read(file, limit: 1 << 20)
            guard !bytes.isEmpty else { continue }
            bytes[0] ^= 0xFF
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(bytes, to: file)
        }
    }

    @Test(
        "T6: a description that was changed in the archive is refused by the node, and the next submission runs"
    )
    func changedDescription() throws {
        let archived = try ArchivedProject(1)
        let project = archived.project
        let slurm = archived.cluster.slurm
        try slurm.ask("scontrol", "update", "PartitionName=main", "State=DOWN")
        defer { _ = try? slurm.ask("scontrol", "update", "PartitionName=main", "State=UP") }
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try project.text("run.out").contains("PartitionDown") })
        for file in try archived.archive.files("tasks") where file.hasSuffix("pack-0.jsonl") {
            let text = try FileSystem.readText(file)
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(
                Array(text.replacing("unit.sh", with: "evil.sh").utf8), to: file)
        }
        try slurm.ask("scontrol", "update", "PartitionName=main", "State=UP")
        let end = run.wait(timeoutMs: 90_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        #expect(try project.text("run.out").contains("is not what was submitted"))
        #expect(try project.text("out/1.txt") == "content 1 of input\n")
    }

    @Test(
        "T6: what a node lacks is an error that names the fix: program, Python, scratch folder, archive"
    )
    func lacking() throws {
        for (options, code, words) in [
            ("program: no-such-program", "slurm-node-program", "has no program"),
            ("python: /no/such/folder", "task-python-missing", "has no Python environment"),
            ("scratch: /no/such/folder", "task-scratch", "no folder"),
            ("scratch: $NO_SUCH_VARIABLE", "task-scratch", "no variable NO_SUCH_VARIABLE"),
            (
                "archive: { root: /no/such/archive }", "slurm-node-archive",
                "does not reach the archive"
            ),
        ] {
            let archived = try ArchivedProject(1)
            let definition = try archived.project.text("pipeline/pipeline.yaml")
            let key = options.prefix { $0 != ":" }
            let kept = definition.replacing("\(key): \(UnitProject.tool), ", with: "")
                .replacing("\(key): \(archived.cluster.scratch), ", with: "")
            try archived.project.write(
                "pipeline/pipeline.yaml",
                kept.replacing("data: archive,", with: "data: archive, \(options),"))
            let run = try archived.project.start("--json", environment: archived.environment)
            #expect(run.wait(timeoutMs: 120_000) == .exited(1))
            let said = try archived.project.text("run.out")
            #expect(said.contains("\"\(code)\""), "\(options): \(said)")
            #expect(said.contains(words), "\(options): \(said)")
            if code == "slurm-node-archive" {
                let log = try archived.project.shell("cat /tmp/pipeline-1-*; rm /tmp/pipeline-1-*")
                #expect(log.contains("error[task-archive-other]: "), "\(log)")
            }
        }
    }

    @Test("T6: a clone that only reads the archive, or cannot reach it, refuses the stage")
    func notToBeUsed() throws {
        let archived = try ArchivedProject(1)
        #expect(try archived.run().exit == .exited(0))
        try archived.project.write("in.txt", "other")
        var environment = archived.environment
        environment["PIPELINE_ARCHIVE_ROLE"] = "read"
        let reading = try archived.project.run(environment: environment)
        #expect(reading.exit == .exited(1))
        #expect(reading.standardError.contains("archive-read-only"), "\(reading.standardError)")
        _ = try archived.project.shell("mv \(archived.archive.path) \(archived.archive.path)-gone")
        let gone = try archived.run()
        _ = try archived.project.shell("mv \(archived.archive.path)-gone \(archived.archive.path)")
        #expect(gone.exit == .exited(1))
        #expect(gone.standardError.contains("archive-unreachable"), "\(gone.standardError)")
        #expect(try archived.run().ran == ["make/u/1"])
    }

    @Test("T6: a file that no unit names is not on the node, and the unit's error names it")
    func undeclared() throws {
        let archived = try ArchivedProject(1, script: "cat data/more.txt || exit 3")
        try archived.project.write("data/more.txt", "more")
        let run = try archived.run()
        #expect(run.exit == .exited(1))
        let said = run.message(of: "make/u/1")
        #expect(said.contains("data/more.txt"), "\(said)")
        try archived.project.write(
            "pipeline/pipeline.yaml",
            archived.project.text("pipeline/pipeline.yaml").replacing(
                "inputs: in.txt", with: "inputs: [in.txt, data/more.txt]"))
        #expect(try archived.run().ran == ["make/u/1"])
    }

    @Test(
        "T6: gc --archive keeps what tasks fetch, and removes what a lost clone has left of a batch"
    )
    func collected() throws {
        let archived = try ArchivedProject(1, script: "while ! test -e GATE; do sleep 0.05; done")
        try archived.useGate()
        let lost = try archived.project.start(environment: archived.environment)
        #expect(try archived.project.wait { try archived.handed().contains("0-0-0.record") })
        lost.signal(9)
        _ = lost.wait()
        let slurm = archived.cluster.slurm
        try slurm.ask("scancel", "--user=root")
        #expect(try archived.project.wait { try slurm.ask("squeue", "--noheader").isEmpty })
        let left = try archived.handed()
        // Another clone, which has what the first one has sent.
        let clone = try UnitProject(
            archived.project.text("pipeline/pipeline.yaml"), in: archived.cluster.projects)
        for name in ["in.txt", "unit.sh"] { try clone.write(name, archived.project.text(name)) }
        try archived.go()
        let run = try clone.run(environment: archived.environment)
        #expect(run.ran == ["make/u/1"], "\(run.standardError) \(run.notes)")
        #expect(!run.notes.contains { $0.hasPrefix("sending") }, "\(run.notes)")
        for remaining in [left, []] {
            let done = try clone.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
            #expect(done.exit == .exited(0), "\(done.standardErrorText)")
            #expect(try archived.handed().sorted() == remaining.sorted())
        }
        // The input was kept: of two files only the one that has changed is sent.
        try clone.write("unit.sh", clone.text("unit.sh") + "\n")
        let next = try clone.run(environment: archived.environment)
        #expect(next.ran == ["make/u/1"], "\(next.standardError)")
        #expect(next.notes.contains { $0.hasPrefix("sending 1 file ") }, "\(next.notes)")
    }
}
