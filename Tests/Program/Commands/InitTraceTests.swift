import Posix
import Processes
import Testing

/// `init --trace`: a stage's command runs in a copy, and the definition gets what it was seen to read and write.
struct InitTraceTests {
    private static let definition = """
        project: p
        stages:
          # Of the lab.
          compile:
            kind: run
            command: [sh, scripts/make.sh]
            outputs: [out/guess]
          deploy:
            kind: run
            needs: compile
            command: [sh, -c, "cp out/sum {output}"]
            outputs: copy

        """

    private func project(_ script: String) throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.write("scripts/make.sh", script)
        try project.write("scripts/help.sh", "total() { cat raw/*.csv > out/sum; }\n")
        for number in 1...4 { try project.write("raw/\(number).csv", "\(number)\n") }
        try project.write("raw/notes.txt", "not read\n")
        return project
    }

    @Test(
        "P22: inputs, code and outputs are those that were touched; the project itself stays as it is"
    )
    func trace() throws {
        let project = try project(
            ". ./scripts/help.sh\nmkdir -p out\ntotal\necho x > raw/1.csv\necho said\n")
        let output = try project.tool("init", "--trace", "compile", "--yes")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(output.standardErrorText.contains("said"))
        let text = try project.text("pipeline/pipeline.yaml")
        #expect(text.contains("  # Of the lab.\n  compile:\n"))
        #expect(text.contains("    inputs: [raw/2.csv, raw/3.csv, raw/4.csv]\n"), "\(text)")
        #expect(text.contains("    code: [scripts/help.sh]\n"), "\(text)")
        #expect(text.contains("    outputs: [out/sum, raw/1.csv]\n"), "\(text)")
        #expect(text.hasSuffix("    outputs: copy\n"))
        #expect(try project.text("raw/1.csv") == "1\n")
        #expect(try !project.exists("out") && !project.exists(".pipeline/traced-copy"))
    }

    @Test("nothing is run without a yes, and nothing is written after a failure or with --dry-run")
    func refused() throws {
        let project = try project("echo > ran\nexit 3\n")
        let unasked = try project.tool("init", "--trace", "compile")
        #expect(unasked.exit == .exited(1))
        #expect(unasked.standardErrorText.contains("error[not-confirmed]"))
        let failed = try project.tool("init", "--trace", "compile", "--yes")
        #expect(failed.exit == .exited(1))
        #expect(
            failed.standardErrorText.contains("error[stage-not-traced]"),
            "\(failed.standardErrorText)")
        let placed = try project.tool("init", "--trace", "deploy", "--yes")
        #expect(placed.standardErrorText.contains("places such as {output}"))
        try project.write("scripts/make.sh", "mkdir out; cat raw/*.csv > out/sum\n")
        let dry = try project.tool("init", "--trace", "compile", "--yes", "--dry-run")
        #expect(dry.exit == .exited(0), "\(dry.standardErrorText)")
        #expect(dry.standardOutputText.contains("outputs: [out/sum]"))
        #expect(dry.standardOutputText.contains(#"["raw/*.csv"]"#))
        #expect(try project.text("pipeline/pipeline.yaml") == Self.definition)
        #expect(try !project.exists("ran"))
    }
}
