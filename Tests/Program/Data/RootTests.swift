import Posix
import Processes
import Testing

/// Inputs in folders outside of the project, declared once.
struct RootTests {
    private static func definition(_ folder: String) -> String {
        """
        project: p
        roots: { raw: "\(folder)" }
        stages:
          compile:
            units:
              one: { command: "cp {input} {output}", inputs: roots:raw/a.txt, outputs: out/one }
              all: { command: [sh, -c, 'cat "$@" > "$0"', "{output}", "{inputs}"], inputs: "roots:raw/sub/*.txt", outputs: out/all }
        """
    }

    @Test(
        "A28: a root that moves changes nothing, its content does; the ledger holds the root's name alone"
    )
    func moves() throws {
        let outside = try UnitProject("")
        try outside.write("lab raw/a.txt", "a\n")
        try outside.write("lab raw/sub/b.txt", "b\n")
        let project = try UnitProject(Self.definition(outside.path("lab raw")))
        #expect(try project.plan().contains("2 to run"))
        #expect(try project.run().ran == ["compile/all", "compile/one"])
        #expect(try project.text("out/one") == "a\n" && project.text("out/all") == "b\n")

        _ = try outside.shell("mv 'lab raw' moved")
        try project.write("pipeline/pipeline.yaml", Self.definition(outside.path("moved")))
        #expect(try project.run().ran.isEmpty)
        try outside.write("moved/sub/c.txt", "c\n")
        #expect(try project.run().ran == ["compile/all"])
        #expect(try project.text("out/all") == "b\nc\n")
        let dump = try project.shell("sqlite3 .pipeline/ledger.sqlite .dump")
        #expect(dump.contains(".pipeline/roots/raw/a.txt") && !dump.contains(outside.root))
        #expect(
            try project.tool("why", "compile/one").standardOutputText.contains("roots/raw/a.txt"))
    }

    @Test("A28: a root that is not there fails the units that read it, by the path")
    func missing() throws {
        let project = try UnitProject(Self.definition("/nonexistent/raw"))
        let run = try project.run()
        #expect(run.exit == .exited(1))
        #expect(run.message(of: "compile/one").contains("roots/raw/a.txt"))
    }

    @Test("A28: a root is an absolute path")
    func relative() throws {
        let project = try UnitProject(Self.definition("data/raw"))
        #expect(try project.tool("plan").standardErrorText.contains("is no absolute path"))
    }
}
