import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

/// The leak gate on the built program, with a real engine and registry.
@Suite(
    "The leak gate before a push",
    .enabled(
        if: Environment.value("PIPELINE_TEST_REGISTRY") != nil, "needs an engine and a registry"))
struct LeakGateTests {
    /// A project whose image has nothing but what is written below `site/`.
    private func project(push: String = "") throws -> SiteProject {
        let project = try SiteProject("local")
        try FileSystem.remove("\(project.root)/pipeline/environments/preview.yaml")
        try project.write(
            "pipeline/pipeline.yaml",
            """
            project: tiny
            stages:
              image: { kind: image, context: site }
              push: { kind: push, needs: image, scan: always\(push) }
              sync: { kind: sync, data: data/compiled }
            """)
        try project.write("site/Dockerfile", "FROM scratch\nCOPY notes.txt /notes.txt\n")
        try project.write("site/notes.txt", "\(UUID().uuidString)\n")
        try project.write("data/compiled/patients.csv", "a,b\n\(UUID().uuidString),2\n")
        return project
    }

    @Test("D65: with a list of data that cannot be made nothing is pushed")
    func unknownData() throws {
        let project = try project()
        let data = try FileSystem.readText("\(project.root)/data/compiled/patients.csv")
        try project.write("site/notes.txt", data)
        let found = try project.pipeline("run", "push")
        #expect(found.exit == .exited(1))
        #expect(found.standardErrorText.contains("error[leaks-found]"))
        #expect(!found.standardErrorText.contains(data.suffix(20)))
        try FileSystem.symbolicLink(
            to: "/etc/hostname", at: "\(project.root)/data/compiled/link")
        let unknown = try project.pipeline("run", "push")
        #expect(unknown.exit == .exited(1))
        #expect(
            unknown.standardErrorText.contains("error[leaks-data-unknown]"),
            "\(unknown.standardErrorText)")
        #expect(unknown.standardErrorText.contains("link"), "\(unknown.standardErrorText)")
        try FileSystem.remove("\(project.root)/data/compiled/link")
        try project.write("site/notes.txt", "no data\n")
        let clean = try project.pipeline("run", "push")
        #expect(clean.exit == .exited(0), "\(clean.standardErrorText)")
    }
}
