import Posix
import Processes
import Testing

/// A run that is killed at every call that changes something on disk, one call after the other: strace(1) kills the
/// thread's process as it enters its n-th call of a kind.
struct KillPointTests {
    private static let definition = """
        project: p
        stages:
          make:
            kind: compile
            jobs: 1
            units:
              a: { command: "sh unit.sh a {input} {output}", inputs: in.txt, outputs: out/a.txt }
              b: { command: "sh unit.sh b {input} {output}", inputs: out/a.txt, outputs: out/b.txt }

        """

    private func made() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "content\n")
        try project.write("unit.sh", "echo $1 >> log; cat \"$2\" > \"$3\"\n")
        return project
    }

    /// - Returns: how the run ended; killed, or to its end because there are not so many calls.
    private func run(_ project: UnitProject, killedAt call: String, _ number: Int) throws
        -> ProcessExit
    {
        try ProcessRunner.run(
            ProcessCommand(
                [
                    "strace", "-f", "-o", "/dev/null", "-e", "signal=none",
                    "-e", "inject=\(call):signal=KILL:when=\(number)", UnitProject.tool, "run",
                ], directory: project.root), timeout: 60
        ).exit
    }

    private func recorded(_ project: UnitProject) throws -> Set<String> {
        guard try project.exists(".pipeline/ledger.sqlite") else { return [] }
        let names = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"select u.name from attempts t join units u on u.id = t.unit_id "
                + "where t.outcome = 'done'\" 2>/dev/null")
        return Set(names.split(separator: "\n").map(String.init))
    }

    @Test(
        "U12: killed at each call that changes the disk, the same command resumes, and nothing is lost",
        arguments: [
            "fsync", "fdatasync", "rename", "link", "mkdir", "unlink", "unlinkat", "rmdir",
            "ftruncate", "fchmod", "pwrite64",
        ])
    func killedAt(call: String) throws {
        // The ledger's pages are many and of one kind: a sample of them.
        let numbers = call == "pwrite64" ? Array(stride(from: 1, to: 140, by: 11)) : Array(1...20)
        var kills = 0
        for number in numbers {
            let project = try made()
            let exit = try run(project, killedAt: call, number)
            if exit == .exited(0) { break }
            kills += 1
            let done = try recorded(project)
            let next = try project.run()
            #expect(next.exit == .exited(0), "\(call) \(number): \(next.standardError)")
            #expect(done.isDisjoint(with: next.ran), "\(call) \(number): \(next.ran) ran again")
            #expect(try project.text("out/a.txt") == "content\n")
            #expect(try project.text("out/b.txt") == "content\n")
            // A killed run leaves at most what was in flight to be run again.
            let log = try project.text("log").split(separator: "\n")
            #expect(log.count <= 3, "\(call) \(number): \(log)")
            #expect(try project.run().ran.isEmpty)
            let sound = try project.shell(
                "sqlite3 .pipeline/ledger.sqlite 'pragma integrity_check'; find .pipeline/aside -type f"
            )
            #expect(sound == "ok\n", "\(call) \(number)")
        }
        #expect(kills > 0, "nothing was killed: \(call) is not called any more")
    }
}
