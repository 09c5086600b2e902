import Digests
import FoundationEssentials
import Posix
import Processes
import Testing

/// Plans that are kept, and that planning changes nothing.
@Suite struct SavedPlanTests {
    private static let definition = """
        project: kept
        stages:
          compile:
            kind: compile
            units:
              part:
                matrix: { n: { from: 1, to: 7 } }
                command: sh -c "tr a-z A-Z < {input} > {output}"
                inputs: "raw/{n}.txt"
                outputs: "out/{n}.txt"
              all:
                command: sh -c "cat out/?.txt > {output}"
                inputs: out/?.txt
                outputs: all.txt

        """

    private func project() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        for number in 1...7 { try project.write("raw/\(number).txt", "text \(number)\n") }
        return project
    }

    /// Every file and folder of a project with its times, its inode and its content.
    private func state(_ project: UnitProject) throws -> String {
        try project.shell(
            "find . -printf '%p %y %s %T@ %C@ %i\\n' | sort; find . -type f -exec sha256sum {} + | sort"
        )
    }

    @Test("X10: a plan that is kept runs as it is, and is refused with what has moved")
    func moved() throws {
        let project = try project()
        let kept = try project.tool("plan", "--save", "kept.plan")
        #expect(kept.exit == .exited(0), "\(kept.standardErrorText)")
        #expect(try project.run("--plan", "kept.plan").ran.count == 8)
        #expect(try project.text("all.txt").hasPrefix("TEXT 1\n"))

        // Done, so it is stale.
        let again = try project.run("--plan", "kept.plan")
        #expect(again.exit == .exited(5))
        #expect(again.standardError.contains("compile/part/1 and 7 more: nothing to do any more"))

        try project.write("raw/1.txt", "other\n")
        #expect(try project.tool("plan", "--save", "kept.plan").exit == .exited(0))
        try project.write("raw/2.txt", "unplanned\n")
        let runs = try project.shell("sqlite3 .pipeline/ledger.sqlite 'select count(*) from runs'")
        let refused = try project.run("--plan", "kept.plan")
        #expect(refused.exit == .exited(5))
        #expect(
            refused.standardError.contains(
                "compile/part/2: nothing to do then, run (input raw/2.txt changed) now"))
        #expect(refused.standardError.contains("nothing was run"))
        #expect(refused.ran == [])
        #expect(
            try project.shell("sqlite3 .pipeline/ledger.sqlite 'select count(*) from runs'") == runs
        )

        // The same reason, and yet another content.
        try project.write("raw/2.txt", "text 2\n")
        try project.write("raw/1.txt", "another\n")
        let other = try project.run("--plan", "kept.plan")
        #expect(other.exit == .exited(5))
        #expect(other.standardError.contains("compile/part/1: raw/1.txt  "))
        try project.write("raw/1.txt", "other\n")
        #expect(try project.run("--plan", "kept.plan").ran == ["compile/all", "compile/part/1"])
    }

    @Test("X10: what a plan was asked for is part of it, and it is not written over other files")
    func request() throws {
        let project = try project()
        _ = try project.tool("plan", "--only", "compile/part/3", "--save", "kept.plan")
        let conflict = try project.run("--plan", "kept.plan", "--force")
        #expect(conflict.exit == .exited(2))
        #expect(conflict.standardError.contains("leave out --force"))
        #expect(try project.run("--plan", "kept.plan").ran == ["compile/part/3"])
        let other = try project.tool("plan", "--save", "raw/1.txt")
        #expect(other.exit == .exited(2))
        #expect(try project.text("raw/1.txt") == "text 1\n")
        #expect(try project.run("--plan", "raw/1.txt").standardError.contains("is not a plan"))
        #expect(try project.run("--plan", "none").standardError.contains("there is no plan"))
    }

    @Test(
        "X10: plan, status, why and releases change no byte and no time, also beside a log of the ledger"
    )
    func nothingChanges() throws {
        let project = try project()
        #expect(try project.run().exit == .exited(0))
        try project.write("raw/4.txt", "changed\n")
        #expect(try project.exists(".pipeline/ledger.sqlite"))
        for round in ["as a run leaves it", "with no log"] {
            if round == "with no log" {
                _ = try project.shell(
                    "sqlite3 .pipeline/ledger.sqlite 'pragma wal_checkpoint(truncate); pragma optimize'"
                )
            }
            let before = try state(project)
            for words in [
                ["plan"], ["plan", "--units", "--json"], ["status"], ["status", "--check"],
                ["why", "compile"], ["why", "all.txt", "--back"], ["why", "raw/4.txt"],
                ["releases"], ["graph"],
            ] {
                let output = try project.tool(arguments: words)
                #expect([.exited(0), .exited(3)].contains(output.exit), "\(words)")
            }
            let after = try state(project)
            #expect(after == before, "\(round)")
        }
    }

    @Test("predicted times come from what units took; what never ran is said")
    func times() throws {
        let project = try project()
        #expect(try !project.tool("plan").standardOutputText.contains("about"))
        #expect(try project.run("--only", "compile/part/[1-6]").exit == .exited(0))
        for number in 1...6 { try project.write("raw/\(number).txt", "new\n") }
        let plan = try project.tool("plan").standardOutputText
        #expect(plan.contains("2 units have never run"), "\(plan)")
        #expect(plan.contains("6  input raw/") || plan.contains("1  input raw/1.txt changed"))
    }
}
