import DeployTargets
import Digests
import DirectoryTransports
import Failures
import FoundationEssentials
import PipelineModel
import Posix
import Rclone
import SFTPTransports
import Slots
import Testing
import TransportProviders

@testable import StaticSite

/// The link that says which release is live, in a folder of this machine.
@Suite struct StaticTargetTests {
    private let scratch: String

    init() throws {
        scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-link-\(UUID().uuidString)"
        for name in ["one", "two"] { try FileSystem.createDirectories("\(scratch)/\(name)") }
    }

    private func environment(_ text: String) throws -> EnvironmentDefinition {
        try EnvironmentReader.read(
            "kind: static\n" + text, name: "web", file: "web.yaml",
            transports: [
                TransportProvider.directory.schema,
                TransportProvider.sftp.schema, TransportProvider.rclone.schema,
            ],
            targets: TargetSchema.builtIn + [DeployTargetProvider.static.schema])
    }

    private func target(_ static: String = "{ folder: . }") throws -> StaticTarget {
        try StaticTarget(
            FolderPlace(
                environment: try environment("data: { root: \(scratch) }\nstatic: \(`static`)\n"),
                root: DirectoryTransport(root: scratch), mounted: scratch,
                folder: "\(scratch)/state", aws: nil, cancel: nil, note: { _ in }))
    }

    private func release(
        _ files: [String: String], smoke: [String] = []
    ) throws -> FolderRelease {
        let entries = try files.map { path, text in
            DataManifest.Entry(
                path: try RelativePath(path), digest: Digest.of(text), size: Int64(text.utf8.count))
        }
        let site = try environment(
            "data: { root: x }\nstatic: { folder: . }\n"
                + "site: { smoke: [\(smoke.joined(separator: ", "))] }\n"
        ).site
        return FolderRelease(number: 1, manifest: try DataManifest(entries), site: site) {
            Array((files[$0.path.text] ?? "").utf8)
        }
    }

    private func code(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return Failure(of: error).code }
        return nil
    }

    @Test("nothing, a folder, and what is no link of this tool's")
    func live() throws {
        let target = try target()
        let link = "\(scratch)/current"
        #expect(try target.live() == .none)
        try FileSystem.symbolicLink(to: "one", at: link)
        #expect(try target.live() == .folder("one"))
        for text in ["../one", "/etc", "one/", "."] {
            try FileSystem.remove(link)
            try FileSystem.symbolicLink(to: text, at: link)
            #expect(try target.live() == .foreign("\"current\" is a link to \"\(text)\""))
        }
        try FileSystem.remove(link)
        try FileSystem.createDirectories(link)
        #expect(try target.live() == .foreign("\"current\" is a folder, and no link"))
        try FileSystem.removeDirectory(link)
        try FileSystem.writeAtomically("x".utf8, to: link)
        #expect(try target.live() == .foreign("\"current\" is a file, and no link"))
    }

    @Test("the link changes only from what was seen before, also over what a killed switch left")
    func switching() throws {
        let target = try target()
        try target.switchOver(to: "one", from: .none)
        #expect(try FileSystem.readLink("\(scratch)/current") == "one")
        try FileSystem.symbolicLink(
            to: "nowhere", at: "\(scratch)/\(SlotNames.stagedLink("current"))")
        try target.switchOver(to: "two", from: .folder("one"))
        #expect(try target.live() == .folder("two"))
        #expect(code { try target.switchOver(to: "one", from: .folder("one")) } == "live-changed")
        #expect(code { try target.takeDown("one") } == "live-changed")
        #expect(try target.live() == .folder("two"))
        try target.takeDown("two")
        #expect(try target.live() == .none)
        #expect(
            try FileSystem.entries(of: scratch).map(\.name).sorted() == ["one", "two"])
    }

    @Test(
        "a page that the release lacks, or that lacks its text, is found before anything is switched"
    )
    func confirming() throws {
        let site = ["public/index.html": "welcome", "public/about/index.html": "about us"]
        let target = try target("{ folder: public }")
        try target.confirm(
            try release(
                site,
                smoke: [
                    "{ path: /about/, contains: about }", "{ path: \"/index.html?a=b\" }",
                    "{ path: /gone, status: 404 }",
                ]))
        for check in ["{ path: /about }", "{ path: /, contains: hello }", "{ path: /other/ }"] {
            let broken = try release(site, smoke: [check])
            #expect(code { try target.confirm(broken) } == "smoke-check", "\(check)")
        }
        #expect(code { try target.confirm(try release(["index.html": "x"])) } == "smoke-check")
    }

    @Test("what the environment's file cannot mean is found before anything runs")
    func obstacles() throws {
        func obstacle(_ text: String) throws -> String? {
            let environment = try environment(text)
            let transport = try #require(
                [TransportProvider.directory, .sftp, .rclone].first {
                    $0.schema.name == environment.data.route.transport
                })
            return DeployTargetProvider.static.obstacle(environment, transport)?.code
        }
        let root = "data: { root: www }\n"
        let remote = "data: { route: sftp, host: h, root: www"
        #expect(try obstacle(root + "static: { folder: public/site }\n") == nil)
        #expect(try obstacle(root + "static: { folder: ../public }\n") == "bad-path")
        #expect(try obstacle(root + "static: { folder: /srv }\n") == "bad-path")
        #expect(try obstacle(remote + " }\nstatic: { folder: . }\n") == nil)
        #expect(
            try obstacle(remote + " }\nstatic: { folder: ., serve: { port: 80 } }\n")
                == "missing-key")
        #expect(
            try obstacle(
                remote + ", mounted: m }\nstatic: { folder: ., serve: { port: 80 } }\n") == nil)
        #expect(throws: DefinitionError.self) { try environment(root) }
        #expect(throws: DefinitionError.self) {
            try environment("data: { root: www, layout: slots }\nstatic: { folder: . }\n")
        }
    }

    @Test("nginx serves what the link leads to, and nothing of the tool's own but the marker")
    func configuration() {
        let text = FileServer(
            folder: "/p/server", port: 8080, link: "/srv/a \"b\"/current", site: "public"
        ).configuration
        #expect(text.contains("root \"/srv/a \\\"b\\\"/current/public\";"))
        #expect(text.contains("alias \"/srv/a \\\"b\\\"/current/.pipeline-release.json\";"))
        #expect(text.contains("listen 127.0.0.1:8080;"))
        #expect(text.contains("location ~ /\\.pipeline- { return 404; }"))
    }
}
