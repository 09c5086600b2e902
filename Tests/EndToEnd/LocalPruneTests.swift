import Processes
import Testing

/// `pipeline prune --local` on the built program and a real engine.
@Suite(.enabled(if: hasEngine, "no engine"))
struct LocalPruneTests {
    @Test(
        "T5: the image of a release that is kept for ever stays; where the archive does not answer nothing goes"
    )
    func pinned() throws {
        let project = try SiteProject("local")
        let name = "prune-\(project.port)"
        let archive = "\(project.root)-archive"
        defer {
            _ = try? project.shell(
                "docker rmi -f $(docker images -q \(name)); rm -rf \(archive) \(archive).gone")
        }
        try project.write(
            "pipeline/pipeline.yaml",
            SiteProject.definition.replacing(
                "project: tiny",
                with: "project: \(name)\narchive: { root: \(archive), sign: none }"))
        // Contents of its own: a tag names the content.
        for code in ["pinned first", "pinned second", "pinned third"] {
            try project.writeApp(code: code)
            let run = try project.pipeline("run", "deploy", "-e", "local")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        }
        let kept = try project.pipeline("keep", "1", "--as", "paper", "-e", "local")
        #expect(kept.exit == .exited(0), "\(kept.standardErrorText)")
        let all = try project.pipeline("prune", "--local", "--keep", "1", "-n")
        #expect(all.standardErrorText.contains("0 to delete"), "\(all.standardErrorText)")
        let free = try project.pipeline("keep", "--remove", "paper", "-e", "local")
        #expect(free.exit == .exited(0), "\(free.standardErrorText)")
        let one = try project.pipeline("prune", "--local", "--keep", "1", "-n")
        #expect(!one.standardErrorText.contains("0 to delete"), "\(one.standardErrorText)")
        _ = try project.shell("mv \(archive) \(archive).gone")
        let blind = try project.pipeline("prune", "--local", "--keep", "1", "--yes")
        #expect(blind.exit == .exited(1), "\(blind.standardErrorText)")
        #expect(
            blind.standardErrorText.contains("archive-unreachable"), "\(blind.standardErrorText)")
    }

    @Test("C12: what the project has built and needs no more; nothing of others")
    func prunes() throws {
        let project = try SiteProject("local")
        let name = "prune-\(project.port)"
        try project.write(
            "pipeline/pipeline.yaml",
            SiteProject.definition.replacing("project: tiny", with: "project: \(name)"))
        for code in ["first", "second", "third"] {
            try project.writeApp(code: code)
            #expect(try project.pipeline("run", "image", "-e", "local").exit == .exited(0))
        }
        _ = try project.shell("docker tag $(docker images -q \(name) | head -n 1) \(name):by-hand")
        defer { _ = try? project.shell("docker rmi -f $(docker images -q \(name))") }
        let dry = try project.pipeline("prune", "--local", "--keep", "1", "-n")
        #expect(
            dry.standardOutputText.split(separator: "\n").count == 2, "\(dry.standardErrorText)")
        let asked = try project.pipeline("prune", "--local", "--keep", "1")
        #expect(asked.exit == .exited(1), "nobody is there to confirm")
        let done = try project.pipeline("prune", "--local", "--keep", "1", "--yes")
        #expect(done.exit == .exited(0), "\(done.standardErrorText)")
        let left = try project.shell("docker images --format '{{.Tag}}' \(name)").standardOutputText
        #expect(left.split(separator: "\n").count == 2, "the newest, and the one tagged by hand")
        #expect(left.contains("by-hand"))
        // The image that is there still is the one of the present content.
        let attempts = try project.attempts("'image'")
        #expect(try project.pipeline("run", "image", "-e", "local").exit == .exited(0))
        #expect(try project.attempts("'image'") == attempts)
    }
}
