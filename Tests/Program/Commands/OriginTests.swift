import Posix
import Processes
import Testing

/// `why --back`, `--forward` and `--run`, and `status --watch`, on the built program.
@Suite struct OriginTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: origins
            stages:
              compile:
                kind: compile
                units:
                  part:
                    matrix: { n: { from: 1, to: 3 } }
                    command: sh up.sh {input} {output}
                    inputs: "raw/{n}.txt"
                    outputs: "part/{n}.txt"
                  all:
                    command: sh -c "cat part/?.txt > {output}"
                    inputs: part/?.txt
                    outputs: all.txt
                  other:
                    command: sh -c "echo other > {output}"
                    outputs: other.txt

            """)
        try project.write("up.sh", "tr a-z A-Z < $1 > $2\n")
        for number in 1...3 { try project.write("raw/\(number).txt", "text \(number)\n") }
        #expect(try project.run().exit == .exited(0))
        return project
    }

    private func why(_ project: UnitProject, _ words: String...) throws -> String {
        let output = try project.tool(arguments: ["why"] + words)
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        return output.standardOutputText
    }

    @Test("X12: from a file back to the raw files and the code that it was made from")
    func back() throws {
        let project = try project()
        let text = try why(project, "all.txt", "--back")
        #expect(text.contains("made by compile/all in run 1"))
        #expect(text.contains("by way of 4 units"))
        #expect(text.contains("from 3 raw inputs"))
        #expect(text.contains("from 1 code file"))
        #expect(text.contains("up.sh"))
        #expect(!text.contains("other.txt"))
        try project.write("raw/2.txt", "changed\n")
        let changed = try why(project, "all.txt", "--back")
        #expect(
            changed.split(separator: "\n").contains {
                $0.contains("raw/2.txt") && $0.hasSuffix(" now") && !$0.hasSuffix("as now")
            }, "\(changed)")
    }

    @Test("X12: from a raw file or a script forward to all that depends on it")
    func forward() throws {
        let project = try project()
        let raw = try why(project, "raw/2.txt")
        #expect(raw.contains("read or loaded by 1 unit\n  compile/part/2\n"))
        #expect(raw.contains("by way of these, by 1 more unit\n  compile/all\n"))
        #expect(raw.contains("which make 2 files"))
        #expect(!raw.contains("compile/other"))
        let code = try why(project, "up.sh", "--forward")
        #expect(code.contains("read or loaded by 3 units"))
        let nothing = try project.tool("why", "nothing.txt", "--forward")
        #expect(nothing.exit == .exited(1))
        #expect(nothing.standardErrorText.contains("there is no file of the project"))
    }

    @Test("what had changed for a run of the past, before and after")
    func past() throws {
        let project = try project()
        try project.write("raw/2.txt", "changed\n")
        #expect(try project.run().ran == ["compile/all", "compile/part/2"])
        let unit = try why(project, "compile/part/2", "--run", "2")
        let change = try #require(
            unit.firstMatch(of: /input raw\/2.txt  ([0-9a-f]{12}) -> ([0-9a-f]{12})/))
        #expect(change.1 != change.2)
        #expect(try why(project, "compile/part/1", "--run", "2").contains("not attempted"))
        #expect(try why(project, "compile", "--run", "1").contains("has never run"))
        let none = try project.tool("why", "compile", "--run", "9")
        #expect(none.standardErrorText.contains("there is no run 9"))
        let two = try project.tool("why", "compile", "--past", "--back")
        #expect(two.exit == .exited(2))
        #expect(two.standardErrorText.contains("error[options-clash]"))
    }

    @Test("status --watch tells what a run records, and ends gracefully")
    func watch() throws {
        let project = try project()
        let watch = try ChildProcess(
            ProcessCommand([UnitProject.tool, "status", "--watch"], directory: project.root),
            standardOutput: .file(project.path("watch.out"), append: true),
            standardError: .file(project.path("watch.err"), append: true))
        func shows(_ text: String) throws -> Bool {
            try project.wait {
                try project.exists("watch.out") && project.text("watch.out").contains(text)
            }
        }
        #expect(try shows("run 1 done; nothing to do\n"))
        try project.write("raw/2.txt", "changed\n")
        #expect(try project.run().exit == .exited(0))
        #expect(try shows("run 2 done; nothing to do\n"))
        StrayProcesses.interrupt(watch.pid)
        #expect(watch.wait(timeoutMs: 30_000) == .exited(0))
        #expect(try project.text("watch.err") == "")
    }
}
