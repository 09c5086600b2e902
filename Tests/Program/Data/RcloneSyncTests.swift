import Posix
import Processes
import TestServers
import Testing

/// The built program with `route: rclone`, and a WebDAV server that the real rclone plays; compared byte by byte.
@Suite(.enabled(if: RcloneServer.isInstalled, "rclone is not installed"))
struct RcloneSyncTests {
    private let project: UnitProject
    private let server: RcloneServer

    init() throws {
        server = try RcloneServer("webdav")
        project = try UnitProject(
            "project: p\ndefault_environment: far\nstages:\n  sync: { kind: sync, data: data }\n")
        _ = try project.shell(
            """
            mkdir -p data/d0/deep data/d1
            head -c 3M /dev/urandom >data/large
            for n in $(seq 60); do head -c $((n * 37)) data/large >data/d$((n % 2))/f$n; done
            echo x >'data/d0/deep/caf\u{E9} -  \\ "q'
            """)
        try project.write(
            "rclone.conf",
            "[far]\ntype = webdav\nurl = \(server.remote.split(separator: "'")[1])\nvendor = other\n"
        )
        try environment("root: site")
    }

    private func environment(_ data: String) throws {
        try project.write(
            "pipeline/environments/far.yaml",
            """
            kind: data
            data:
              route: rclone
              rclone: { remote: "far:", config: rclone.conf }
              \(data)

            """)
    }

    private var slot: String { "\(server.folder)/site/a" }

    private func run() throws -> ProcessOutput {
        try project.tool("run", "sync")
    }

    private func expectSame() throws {
        let difference = try project.shell("diff -r data '\(slot)/data' 2>&1 || true")
        #expect(difference == "")
    }

    @Test("synced, changed, nothing to do, removed, read back by a new clone")
    func sync() throws {
        try FileSystem.createDirectories("\(server.folder)/site")
        let first = try run()
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        try expectSame()
        #expect(try FileSystem.status("\(slot)/.pipeline-release.json") != nil)
        #expect(try FileSystem.status("\(server.folder)/site/.pipeline-lock") == nil)
        #expect(try run().standardErrorText.contains("1 up to date"))

        try project.write("data/d1/f1", "changed")
        #expect(try run().standardErrorText.contains(" 1 sent,"))
        try expectSame()

        _ = try project.shell("rm data/d0/f2")
        #expect(try run().standardErrorText.contains(" 0 sent,"))
        try expectSame()

        _ = try project.shell("rm -r .pipeline")
        let again = try run()
        #expect(again.standardErrorText.contains(" 0 sent,"), "\(again.standardErrorText)")
        try expectSame()
    }

    @Test("a place that holds somebody else's files, or is not there, is refused and left as it is")
    func foreign() throws {
        let missing = try run()
        #expect(missing.exit == .exited(1))
        #expect(missing.standardErrorText.contains("site"), "\(missing.standardErrorText)")
        #expect(try FileSystem.status("\(server.folder)/site") == nil)
        try FileSystem.createDirectories("\(server.folder)/site/a")
        try FileSystem.writeAtomically(Array("theirs".utf8), to: "\(server.folder)/site/a/thesis")
        let refused = try run()
        #expect(refused.exit == .exited(1), "\(refused.standardErrorText)")
        #expect(refused.standardErrorText.contains("error[place-foreign]"))
        #expect(try FileSystem.readText("\(server.folder)/site/a/thesis") == "theirs")
    }

    @Test("what the table of keys cannot say: its own keys, its layouts, its mapping")
    func refusedDefinitions() throws {
        func said() throws -> String { try run().standardErrorText }
        try environment("root: site\n  layout: in-place")
        #expect(try said().contains("route rclone cannot fill a place of layout in-place"))
        try environment("root: site\n  host: example.org")
        #expect(try said().contains("\"host\" belongs to route sftp"))
        try project.write(
            "pipeline/environments/far.yaml", "kind: data\ndata: { route: rclone, root: site }\n")
        #expect(try said().contains("route rclone has no \"rclone\""))
        try project.write(
            "pipeline/environments/far.yaml",
            "kind: data\ndata: { root: site, rclone: { remote: \"far:\" } }\n")
        #expect(try said().contains("\"rclone\" belongs to route rclone, and no route is written"))
    }
}
