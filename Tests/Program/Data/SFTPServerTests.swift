import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// The built program with servers of other makes; the data is compared byte by byte after each step.
///
/// `PIPELINE_TEST_SFTP_FULL=1` has 300 MB and 3,000 small files instead of 24 MB and 150.
@Suite(.enabled(if: !OtherServer.installed.isEmpty, "no environment for the servers"))
struct SFTPServerTests {
    private static let isFull = Environment.value("PIPELINE_TEST_SFTP_FULL") == "1"
    private static let large = isFull ? 300 : 24
    private static let small = isFull ? 3000 : 150

    /// What each server is known not to take: it is reported once, and never anything else.
    private static let limits: [String: [String]] = [
        "openssh-plain": ["several sessions"], "proftpd": ["several sessions"],
        "one-file": ["several open files"],
        "rclone": ["continuing a file", "one file over several sessions"],
        "transfer-s3": ["continuing a file", "one file over several sessions"],
    ]

    private let project: UnitProject

    init() throws {
        project = try UnitProject(
            "project: p\ndefault_environment: far\nstages:\n  sync: { kind: sync, data: data }\n")
        _ = try project.shell(
            """
            mkdir -p data/d0/deep data/d1 data/d2
            head -c \(Self.large)M /dev/urandom >data/large
            for n in $(seq \(Self.small)); do head -c $((n * 37)) data/large >data/d$((n % 3))/f$n; done
            echo x >'data/d0/deep/caf\u{E9} -  \\ "q'
            """)
    }

    /// The folder of the slot on this machine.
    private func place(_ server: OtherServer) throws -> String {
        let address = server.address
        let site = address.root == "/" ? "/site" : "\(address.root)/site"
        let here = "\(address.data)/site"
        try FileSystem.createDirectories(here)
        if address.root == "/efs" { _ = try project.shell("chown \(address.user) \(here)") }
        try project.write(
            "pipeline/environments/far.yaml",
            """
            kind: data
            data:
              route: sftp
              host: 127.0.0.1
              port: \(address.port)
              user: \(address.user)
              identity: \(address.identity)
              known_hosts: \(address.knownHosts)
              root: \(site)

            """)
        return "\(here)/a"
    }

    /// Syncs; what was done, and what was said of the server.
    @discardableResult
    private func sync() throws -> (done: String, notes: [String]) {
        let output = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "run", "sync"], directory: project.root),
            timeout: 300)
        let lines = (output.standardOutputText + output.standardErrorText).split(separator: "\n")
        #expect(output.exit == .exited(0), "\(lines.joined(separator: "\n"))")
        return (
            lines.first { $0.contains("✓ sync") }.map { String($0) } ?? "",
            lines.filter { $0.contains("127.0.0.1: ") }.map { String($0) }
        )
    }

    private func expectSame(_ slot: String) throws {
        #expect(try project.shell("diff -rq data \(slot)/data 2>&1") == "")
        let own = try project.shell("find \(slot) -name '.pipeline-*'")
        #expect(own == "\(slot)/.pipeline-release.json\n")
        // The user that the site runs as can read it.
        let closed = "find \(slot) -type d ! -perm -055 -o -type f ! -perm -044"
        #expect(try project.shell(closed) == "")
    }

    @Test(
        "D50, D60, D63: first sync, a change, nothing, a removal, a kill, and on from there",
        arguments: OtherServer.installed)
    func server(_ name: String) throws {
        let server = try OtherServer(name)
        // Twisted turns paths into ASCII (nativeString) before it renames, and refuses every other name.
        if name == "conch" {
            _ = try project.shell("rm data/d0/deep/caf*; echo x >data/d0/deep/plain")
        }
        let slot = try place(server)
        var notes = try sync().notes
        try expectSame(slot)

        try project.write("data/d1/f1", "changed")
        #expect(try sync().done.contains(" 1 sent,"))
        try expectSame(slot)
        #expect(try sync().done.contains("1 up to date"))

        _ = try project.shell("rm data/d2/f2")
        #expect(try sync().done.contains(" 0 sent,"))
        try expectSame(slot)

        // Killed as soon as part of the large file is there; what is there decides, not the clock.
        _ = try project.shell("head -c \(Self.large)M /dev/urandom >data/large")
        try project.write("data/d0/new", "new")
        let run = try project.start("sync")
        _ = try project.wait {
            let parts = try project.shell(
                "find \(slot)/data -maxdepth 1 -name '.pipeline-aside-*' -size +64k")
            return parts != "" || run.poll() != nil
        }
        run.signal(9)
        _ = run.wait()
        // It refuses another file until it has noticed that the killed run is gone.
        if name == "one-file" {
            #expect(try project.wait { try project.tool("run", "sync").exit == .exited(0) })
        }
        notes += try sync().notes
        try expectSame(slot)

        // A new clone knows nothing of the slot, and reads it back.
        _ = try project.shell("rm -r .pipeline")
        let again = try sync()
        #expect(again.done.contains(" 0 sent,"), "\(again.done)")
        try expectSame(slot)
        #expect(Set(notes).count == notes.count, "said twice: \(notes)")
        let known = Self.limits[name] ?? []
        for note in notes + again.notes {
            #expect(known.contains { note.contains($0) }, "\(name): \(note)")
        }
    }
}
