import Posix
import Processes
import Testing

/// Own state and credentials leave images and previews, though no ignore file names them.
@Suite(.serialized)
struct OwnContextTests {
    /// A site whose context is the whole project.
    private func project(_ kind: String) throws -> SiteProject {
        let project = try SiteProject(kind)
        try project.write(
            "pipeline/pipeline.yaml",
            SiteProject.definition.replacing("project: tiny", with: "project: own-context")
                .replacing("context: site", with: "context: .\n    dockerfile: site/Dockerfile"))
        try project.write(
            "site/Dockerfile",
            SiteProject.dockerfile.replacing("COPY app.py /app/app.py", with: "COPY . /app"))
        try project.write(
            "pipeline/environments/preview.yaml",
            project.environmentText(kind: "preview", extra: "  command: python3 site/app.py\n"))
        for (path, text) in [
            (".env", "PASSWORD=1\n"), (".env.example", "PASSWORD=\n"),
            ("site/key.pem", "-----BEGIN PRIVATE KEY-----\n"),
            ("site/ca.pem", "-----BEGIN CERTIFICATE-----\n"), ("data/.pipeline-aside-1/x", "x"),
        ] { try project.write(path, text) }
        return project
    }

    private static let kept: Set = [".env.example", "site/app.py", "site/ca.pem", "raw.txt"]

    private func check(_ files: Set<String>) {
        #expect(files.isSuperset(of: Self.kept), "\(files)")
        let own = files.filter { path in
            path.contains(".pipeline") || path.hasPrefix("pipeline/environments")
                || path == "pipeline/pipeline.yaml" || path == ".env" || path == "site/key.pem"
        }
        #expect(own.isEmpty, "\(own)")
    }

    @Test("D95: a preview has neither, and names the credential with how to keep it")
    func preview() throws {
        let project = try project("preview")
        let run = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains(".env and 1 more may hold credentials"))
        #expect(run.standardErrorText.contains("\"keep: .env\""))
        let found = try project.shell(
            "cd .pipeline/environments/preview/code/* && find . -type f | sed 's,^./,,'")
        check(Set(found.standardOutputText.split(separator: "\n").map(String.init)))
    }

    @Test(
        "D95: an image has neither, is not built again when they change, and keeps what the stage keeps"
    )
    func image() throws {
        guard hasEngine else {
            #expect(!hasEngine, "an image needs an engine")
            return
        }
        let project = try project("local")
        func files() throws -> Set<String> {
            let id = "$(docker images -q own-context | head -1)"
            let found = try project.shell(
                "docker run --rm --entrypoint find \(id) /app -type f | sed 's,^/app/,,'")
            return Set(found.standardOutputText.split(separator: "\n").map(String.init))
        }
        let run = try project.pipeline("run", "image", "-e", "local")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        try check(files())
        try project.write(".env", "PASSWORD=2\n")
        let plan = try project.pipeline("plan", "image", "-e", "local")
        #expect(plan.standardOutputText.contains("nothing to do"), "\(plan.standardOutputText)")
        try project.write(
            "pipeline/pipeline.yaml",
            try FileSystem.readText("\(project.root)/pipeline/pipeline.yaml").replacing(
                "dockerfile: site/Dockerfile", with: "dockerfile: site/Dockerfile\n    keep: .env"))
        #expect(try project.pipeline("run", "image", "-e", "local").exit == .exited(0))
        #expect(try files().contains(".env"))
        _ = try project.shell("docker images -q own-context | xargs -r docker rmi -f")
    }
}
