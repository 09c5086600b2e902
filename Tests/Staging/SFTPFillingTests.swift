import Digests
import Posix
import Processes
import SFTP
import SFTPTransports
import Slots
import TestServers
import Testing

/// Whole fillings over servers with faults; the whole tree is compared.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct SFTPFillingTests {
    let scratch: ScratchFolder
    let data: DataSet

    init() throws {
        scratch = try ScratchFolder()
        var files = [
            String(repeating: "n", count: 255): "a long name", "new\nline": "control",
            "empty": "", "caf\u{E9}/-dash": "names",
        ]
        for number in 0..<12 {
            files["d\(number % 3)/f\(number)"] = String(
                repeating: "\(number) and more\n", count: number * 700 + 1)
        }
        data = try DataSet(files)
        try data.store(in: scratch)
        // What the slot held before: something to keep, to replace, and to delete.
        try scratch.write("names", to: "slot/caf\u{E9}/-dash")
        try scratch.write("old", to: "slot/d1/f1")
        try scratch.write("old", to: "slot/gone/old")
        try scratch.write("mine", to: "outside/file")
    }

    private func writer(
        _ faults: [String], options: [String] = [], patience: Double = 20,
        verification: Verification = .sizes
    ) -> SlotWriter {
        var settings = ClientSettings(
            command: FaultyServer.command(
                faults + ["once=\(scratch.path)/once", "paths=\(scratch.path)/paths"],
                options: options), host: "test")
        settings.patience = patience
        settings.sessions = 2
        settings.retryFor = 20
        var writer = SlotWriter(
            route: SFTPTransport(client: SFTPClient(settings), root: "\(scratch.path)/slot"))
        writer.verification = verification
        writer.deleteGuard = nil
        writer.journal = SlotJournal(path: "\(scratch.path)/journal")
        return writer
    }

    private func fill(_ writer: SlotWriter, _ token: String = "first") throws(SlotWriterError) {
        _ = try writer.fill(
            with: data.manifest, marker: data.marker(), token: token, source: scratch.source)
    }

    private func expectExactly() throws {
        var files = try scratch.files(below: "slot")
        let left = files.removeValue(forKey: SlotMarker.fileName)
        let marker = try #require(left)
        #expect(SlotMarker(decoding: Array(marker.utf8)) == data.marker())
        #expect(files == data.files)
        #expect(try FileSystem.status("\(scratch.path)/journal") == nil)
    }

    @Test(
        "D1, D3, D49, D50: a fault on the way changes nothing about the end",
        arguments: [
            ["shuffle"], ["strip"], ["no-read-write"], ["die-after=4000"], ["die-after=40000"],
            ["die-after=200000"], ["drop-reply=2"], ["drop-reply=25"],
            ["die-before-rename"], ["die-after-rename"], ["strip", "die-before-rename"],
            ["strip", "die-after-rename"], ["strip", "shuffle"],
        ])
    func faults(_ faults: [String]) throws {
        // Long enough for a busy machine to start the server; it passes where a reply is dropped only.
        try fill(writer(faults, patience: 2))
        try expectExactly()
    }

    @Test(
        "D29, D49: a refused or half-done WRITE is reported; the next filling makes it good",
        arguments: ["fail-writes-from=5", "short-write=5", "lie-size"])
    func told(_ fault: String) throws {
        #expect(throws: SlotWriterError.self) { try fill(writer([fault])) }
        #expect(try FileSystem.status("\(scratch.path)/slot/\(SlotMarker.fileName)") == nil)
        try fill(writer([]), "second")
        try expectExactly()
    }

    @Test("whatever a server answers, nothing is asked of it outside the slot", arguments: 1...24)
    func lies(_ seed: Int) throws {
        // It may end well or not; what matters is that it ends, and where it went.
        _ = try? fill(writer(["lie=\(seed)"], patience: 2))
        let root = "\(scratch.path)/slot"
        for path in try FileSystem.readText("\(scratch.path)/paths").split(separator: "\n") {
            let isInside = path == root || path.hasPrefix("\(root)/")
            // The folder above is asked for room; the session's own folder keeps it alive.
            #expect(isInside || path == scratch.path, "\(path)")
            #expect(!path.split(separator: "/").contains(".."), "\(path)")
            #expect(!path.contains("evil"), "\(path)")
        }
        #expect(try scratch.files(below: "outside") == ["file": "mine"])
        // Whatever was believed meanwhile, a filling that reads everything again is not deceived.
        try? FileSystem.remove("\(root)/\(SlotMarker.fileName)")
        try? FileSystem.remove("\(scratch.path)/journal")
        try fill(writer([], verification: .full), "honest")
        try expectExactly()
    }

    @Test("a server that tells of more room and larger files than there can be is no crash")
    func vast() throws {
        let large = try DataManifest([
            DataManifest.Entry(
                path: try RelativePath("d1/f1"), digest: Digest.of("large"), size: 1 << 31)
        ])
        #expect {
            _ = try writer(["vast"]).fill(
                with: large, marker: data.marker(), token: "first",
                source: { throw TransportError.badName("no source of \($0.path)") })
        } throws: {
            guard case .noSource? = $0 as? SlotWriterError else { return false }
            return true
        }
    }

    @Test("a link under the name of the tool's own files is not written through")
    func plantedLinks() throws {
        var settings = ClientSettings(
            command: ProcessCommand([FaultyServer.sftpServer]), host: "test")
        settings.sessions = 2
        let route = SFTPTransport(client: SFTPClient(settings), root: "\(scratch.path)/slot")
        let entry = try #require(data.manifest.entries.first { $0.path.text == "d1/f1" })
        for name in [SlotNames.aside(for: entry), SlotNames.stagedMarker, SlotNames.filling] {
            try FileSystem.symbolicLink(
                to: "\(scratch.path)/outside/file", at: "\(scratch.path)/slot/\(name)")
        }
        try route.makeFolders([RelativePath("d1")])
        try route.put(scratch.source(entry), as: entry)
        #expect(try scratch.text("slot/d1/f1") == data.files["d1/f1"])
        try route.beginFilling("token")
        #expect(try route.fillingToken() == "token")
        try route.stageMarker(Array("staged".utf8))
        try fill(writer([]))
        try expectExactly()
        #expect(try scratch.files(below: "outside") == ["file": "mine"])
    }

    @Test("what is read again ends, also where a link to a device has taken a file's place")
    func endless() throws {
        try FileSystem.symbolicLink(to: "/dev/zero", at: "\(scratch.path)/slot/endless")
        let entry = DataManifest.Entry(
            path: try RelativePath("endless"), digest: Digest.of("x"), size: 1)
        let route = writer([]).route
        #expect(
            try route.digests(of: [entry], progress: { _ in }, isInterrupted: { false }) == [nil])
    }
}
