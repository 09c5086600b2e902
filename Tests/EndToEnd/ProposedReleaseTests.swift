import Posix
import Processes
import Testing

/// A definition that `init` proposed carries the whole chain, as it was written.
@Suite(.serialized)
struct ProposedReleaseTests {
    @Test("from a folder without a definition to a site that answers", .enabled(if: hasEngine))
    func proposed() throws {
        let site = try SiteProject("local")
        try FileSystem.removeTree(site.root + "/pipeline")
        try site.writeApp(code: "first code")
        let base = Environment.value("PIPELINE_BASE_IMAGE") ?? "python:3.11-slim-bookworm"
        try site.write(
            "site/Dockerfile",
            "FROM \(base)\nWORKDIR /app\nCOPY app.py .\nEXPOSE 8000\nENV PORT=8000\n"
                + "CMD [\"python3\", \"app.py\"]\n")
        try site.write("data/raw/line.csv", "first data\n")
        try site.write(
            "tables.py",
            """
            import os
            os.makedirs("data/compiled", exist_ok=True)
            open("data/compiled/line.txt", "w").write(open("data/raw/line.csv").read().upper())  # to_csv(

            """)
        let made = try site.pipeline("init")
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        // Another port, and another name at the registry that all tests share, are all that is changed.
        let file = "pipeline/environments/local.yaml"
        let registry = Environment.value("PIPELINE_TEST_REGISTRY") ?? "127.0.0.1:5000"
        let text = try FileSystem.readText("\(site.root)/\(file)")
            .replacing("  port: 8000\n", with: "  port: \(site.port)\n")
            .replacing("127.0.0.1:5000/", with: "\(registry)/")
        try site.write(file, text)

        let first = try site.pipeline("run", "deploy", "--yes")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try site.page() == "code: first code; data: FIRST DATA")
        // Neither the state of the tool nor the definition is in the image: there is nothing to do again.
        #expect(try site.pipeline("plan").standardOutputText.hasSuffix("nothing to do\n"))
        try site.write("data/raw/line.csv", "second data\n")
        #expect(try site.pipeline("run", "deploy").exit == .exited(0))
        #expect(try site.page() == "code: first code; data: SECOND DATA")
        #expect(try site.pipeline("rollback").exit == .exited(0))
        #expect(try site.page() == "code: first code; data: FIRST DATA")
        _ = try site.shell(
            "docker images --format '{{.Repository}}:{{.Tag}}' | grep -F "
                + "\"$(basename $PWD | tr A-Z a-z)\" | xargs -r docker rmi -f")
    }
}
