import Posix
import Processes
import Testing

/// `export` of a release with an image: what is in the file runs with Docker alone.
@Suite(.enabled(if: hasEngine, "no Docker engine"))
struct ExportImageTests {
    @Test(
        "T5: an export starts with Docker alone; without an engine it is refused, or made without the image"
    )
    func runs() throws {
        let project = try SiteProject("local")
        let deploy = try project.pipeline("run", "deploy", "-e", "local")
        try #require(deploy.exit == .exited(0), "\(deploy.standardErrorText)")
        let export = try project.pipeline("export", "1", "-e", "local", "--to", "site.tar")
        #expect(export.exit == .exited(0), "\(export.standardErrorText)")
        let away = "DOCKER_HOST=tcp://127.0.0.1:1 \(SiteProject.tool) export 1 -e local"
        let refused = try project.shell("\(away) --to no.tar")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.contains("error[export-image]"),
            "\(refused.standardErrorText)")
        let without = try project.shell("\(away) --without-image --to data.tar && tar -tf data.tar")
        #expect(without.exit == .exited(0), "\(without.standardErrorText)")
        #expect(without.standardOutputText.contains("tiny-local-1/files/data/compiled/line.txt"))
        #expect(!without.standardOutputText.contains("image.tar"))

        _ = try project.shell("tar -xf site.tar")
        let port = try SiteProject.freePort()
        let site = try ChildProcess(
            ProcessCommand(["sh", "tiny-local-1/run.sh", "\(port)"], directory: project.root),
            standardOutput: .null, standardError: .null)
        defer { site.terminate(grace: 15) }
        try Await.that {
            try project.shell("curl -s -m 10 http://127.0.0.1:\(port)/").standardOutputText
                == "code: first code; data: FIRST DATA"
        }
        #expect(site.poll() == nil)
    }
}
