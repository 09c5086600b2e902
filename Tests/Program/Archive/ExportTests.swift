import Digests
import FoundationEssentials
import Posix
import Processes
import Testing

/// `export` on the built program, for releases without an image.
struct ExportTests {
    private let archive = ScratchPlace()

    private func project(_ more: String = "") throws -> UnitProject {
        let project = try UnitProject(
            """
            project: figures
            \(more)
            stages:
              compile:
                units:
                  page: { command: "sh -c 'tr a-z A-Z < {input} > {output}'", inputs: raw.txt, outputs: public/index.html }
              sync: { kind: sync, needs: compile, data: [public, tables] }
              deploy: { kind: deploy, needs: sync }

            """)
        try project.write(
            "pipeline/environments/web.yaml",
            "kind: static\ndata: { root: \(project.root)/www, slots: 3 }\nstatic: { folder: public }\n"
        )
        try project.write("raw.txt", "first page\n")
        try project.write(
            "tables/\(String(repeating: "long folder/", count: 12))Ärzte.csv", "a,b\n")
        try project.write("www/.keep", "")
        _ = try project.shell("rm www/.keep")
        #expect(try project.run("deploy").exit == .exited(0))
        return project
    }

    @Test("T5: a release is one file with its data, its provenance and what to read")
    func whole() throws {
        let project = try project()
        let export = try project.tool("export", "1", "--to", "one.tar")
        #expect(export.exit == .exited(0), "\(export.standardErrorText)")
        #expect(export.standardOutputText.contains("one.tar: release 1 of web, 2 files of data"))
        #expect(try project.tool("export", "1", "--to", "same.tar").exit == .exited(0))
        #expect(
            try Digest.ofFile(project.path("one.tar")) == Digest.ofFile(project.path("same.tar")))
        // The project changes; the release does not.
        try project.write("raw.txt", "second page\n")
        #expect(try project.run("deploy").exit == .exited(0))
        #expect(try project.tool("export", "1", "--to", "later.tar").exit == .exited(0))
        _ = try project.shell("tar -xf later.tar")
        let top = "figures-web-1"
        #expect(try project.text("\(top)/files/public/index.html") == "FIRST PAGE\n")
        let table = "tables/\(String(repeating: "long folder/", count: 12))Ärzte.csv"
        #expect(try project.text("\(top)/files/\(table)") == "a,b\n")
        #expect(try !project.exists("\(top)/run.sh"))
        #expect(try project.text("\(top)/README.md").contains("release 1 of web"))
        struct Why: Decodable {
            let release: Int
            let environment: String
        }
        let why = try JSONDecoder().decode(
            Why.self, from: Data(project.text("\(top)/provenance/release.json").utf8))
        #expect(why.release == 1 && why.environment == "web")
        let manifest = try project.text("\(top)/provenance/manifest.jsonl")
        #expect(manifest.split(separator: "\n").count == 2)
        let digest = try Digest.ofFile(project.path("\(top)/files/public/index.html")).digest.hex
        #expect(manifest.contains(digest), "\(manifest)")
    }

    @Test("T5: data that is not here comes out of the archive")
    func fetched() throws {
        let project = try project("archive: { root: \(archive.path), sign: none }")
        let digest = try Digest.ofFile(project.path("public/index.html")).digest.hex
        let object = ".pipeline/store/\(digest.prefix(2))/\(digest.dropFirst(2))"
        #expect(try project.exists(object))
        _ = try project.shell("rm -rf public '\(object)'")
        let export = try project.tool("export", "1")
        #expect(export.exit == .exited(0), "\(export.standardErrorText)")
        _ = try project.shell("tar -xf figures-web-1.tar")
        #expect(try project.text("figures-web-1/files/public/index.html") == "FIRST PAGE\n")
    }

    @Test(
        "T5: a release that is not whole any more is refused, and no file is left; nor is one replaced"
    )
    func refused() throws {
        let project = try project()
        try project.write("mine.tar", "mine")
        let there = try project.tool("export", "1", "--to", "mine.tar")
        #expect(there.exit == .exited(2) && there.standardErrorText.contains("file-exists"))
        #expect(try project.text("mine.tar") == "mine")
        _ = try project.shell("rm -r tables")
        let lost = try project.tool("export", "1", "--to", "lost.tar")
        #expect(lost.exit == .exited(1))
        #expect(
            lost.standardErrorText.contains("error[release-incomplete]"),
            "\(lost.standardErrorText)")
        #expect(lost.standardErrorText.contains("Ärzte.csv is neither here nor in an archive"))
        let left = try FileSystem.entries(of: project.root).map(\.name)
        #expect(!left.contains("lost.tar") && !left.contains { $0.hasPrefix(".pipeline-aside") })
        let unknown = try project.tool("export", "7", "--to", "seven.tar")
        #expect(unknown.standardErrorText.contains("no-such-release"))
    }
}
