import Digests
import Failures
import Posix
import Processes
import SFTP
import SFTPTransports
import Slots
import TestServers
import Testing

/// The route over OpenSSH's own server program, without ssh between.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct SFTPTransportTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func route(_ slot: String = "slot", _ options: [String] = []) -> SFTPTransport {
        SFTPTransport(client: client(options), root: "\(scratch.path)/\(slot)")
    }

    @Test(arguments: [
        [],
        // Nothing beyond the protocol, as a server that is not OpenSSH's may be.
        ["-P", "posix-rename,hardlink,fsync,limits,statvfs"],
    ])
    func conforms(_ options: [String]) throws {
        try TransportConformance.check(route("slot", options), local: scratch)
    }

    @Test(arguments: [[], ["-P", "posix-rename,hardlink,fsync,limits,statvfs"]])
    func keepsOwnFiles(_ options: [String]) throws {
        try FileSystem.createDirectories("\(scratch.path)/slot")
        try TransportConformance.checkOwnFiles(route("slot", options))
        try TransportConformance.checkTime(route("slot", options))
    }

    @Test(
        "a server that refuses a new file has not taken the name, and one that was cut off is not left",
        arguments: ["refuse-new", "fail-writes-from=1"],
        [[], ["-P", "posix-rename,hardlink,fsync,limits,statvfs"]])
    func notMade(fault: String, options: [String]) throws {
        try FileSystem.createDirectories("\(scratch.path)/slot")
        let root = "\(scratch.path)/slot"
        let route = SFTPTransport(client: client(options, faults: [fault]), root: root)
        #expect(throws: TransportError.self) {
            try route.createOwn("own.json", Array("one".utf8))
        }
        #expect(try FileSystem.entries(of: root).isEmpty)
        let other = SFTPTransport(client: client(options), root: root)
        #expect(try other.createOwn("own.json", Array("two".utf8)))
        #expect(try !route.createOwn("own.json", Array("one".utf8)), "now the name is taken")
    }

    private func client(_ options: [String], faults: [String] = []) -> SFTPClient {
        let command =
            faults.isEmpty
            ? ProcessCommand([FaultyServer.sftpServer] + options)
            : FaultyServer.command(faults, options: options)
        var settings = ClientSettings(command: command, host: "test")
        settings.sessions = 2
        return SFTPClient(settings)
    }

    @Test("D35: names that lead elsewhere are refused, and nothing is asked of them")
    func escaping() throws {
        try scratch.write("x", to: "slot/file")
        let log = "\(scratch.path)/log"
        let route = SFTPTransport(
            client: client([], faults: ["escape", "log=\(log)", "paths=\(log).paths"]),
            root: "\(scratch.path)/slot")
        #expect {
            try route.list(expecting: ListingHint(), isInterrupted: { false })
        } throws: {
            guard case .badName? = $0 as? TransportError else { return false }
            return true
        }
        // INIT, the question for limits, LSTAT, OPENDIR, READDIRs, CLOSE: no name was followed.
        let asked = Set(try FileSystem.readText(log).split(separator: "\n"))
        #expect(asked.isSubset(of: ["1", "200", "7", "11", "12", "4"]), "\(asked)")
        let paths = Set(try FileSystem.readText("\(log).paths").split(separator: "\n"))
        #expect(paths == ["\(scratch.path)/slot"])
    }

    @Test(
        "a server that can tell how much room there is is asked; one that cannot is believed to have it"
    )
    func room() throws {
        let here = try FileSystem.freeBytes(scratch.path)
        let told = try #require(try route().freeBytes())
        // Others write to the same disk meanwhile.
        #expect(abs(told - here) < 20 << 30)
        #expect(told > 0)
        #expect(try route("slot", ["-P", "statvfs"]).freeBytes() == nil)
    }

    @Test("a link in the slot is never written through")
    func links() throws {
        try scratch.write("mine", to: "outside/file")
        try FileSystem.createDirectories("\(scratch.path)/slot")
        try FileSystem.symbolicLink(
            to: "\(scratch.path)/outside", at: "\(scratch.path)/slot/folder")
        let route = route()
        try scratch.write("new", to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath("folder/file"), digest: Digest.of("new"), size: 3)
        let blocked = TransportError.blocked(path: try RelativePath("folder"), by: "folder")
        #expect(throws: blocked) { try route.makeFolders([RelativePath("folder")]) }
        #expect(throws: TransportError.self) { try route.put("\(scratch.path)/source", as: entry) }
        #expect(throws: blocked) {
            try route.delete([RelativePath("folder/file")], isInterrupted: { false })
        }
        // Not even where the folder was expected to be one.
        let listing = try route.list(
            expecting: ListingHint([try RelativePath("folder/file")]), isInterrupted: { false })
        #expect(listing.entries.map { "\($0.path) \($0.kind)" } == ["folder other"])
        #expect(try scratch.text("outside/file") == "mine")
    }

    private func mode(_ path: String) throws -> String {
        try scratch.shell("stat -c %a '\(path)'")
    }

    @Test("a refusal that does not name a permission is not taken for a missing one")
    func refused() throws {
        let data = try DataSet(["f": "1"])
        try data.store(in: scratch)
        let error = #expect(throws: SlotWriterError.self) {
            try SlotWriter(
                route: SFTPTransport(
                    client: client([], faults: ["fail-writes-from=1"]), root: "\(scratch.path)/slot"
                )
            ).fill(with: data.manifest, marker: data.marker(), source: scratch.source)
        }
        guard case .route(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.failure.code == "sftp-refused")
        #expect(!reason.isForbidden)
    }

    @Test("D63: whatever the server's umask is, others can read the slot; if not, it is an error")
    func umask() throws {
        let data = try DataSet(["deep/er/f": "1", "g": "2"])
        try data.store(in: scratch)
        func fill(_ faults: [String]) throws {
            try SlotWriter(
                route: SFTPTransport(
                    client: client(["-u", "077"], faults: faults), root: "\(scratch.path)/slot")
            ).fill(with: data.manifest, marker: data.marker(), source: scratch.source)
        }
        let error = #expect(throws: SlotWriterError.self) { try fill(["umask-kept"]) }
        guard case .route(.remote(let failure))? = error, failure.code == "sftp-mode" else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.text.hasPrefix("\"\(scratch.path)/slot"))
        #expect(failure.text.contains("has mode 700"))
        #expect(try FileSystem.status("\(scratch.path)/slot/\(SlotMarker.fileName)") == nil)
        try fill([])
        for folder in ["", "/deep", "/deep/er"] { #expect(try mode("slot\(folder)") == "755\n") }
        for file in ["deep/er/f", "g", SlotMarker.fileName] {
            #expect(try mode("slot/\(file)") == "644\n")
        }
    }

    @Test(
        "D63: names that are not UTF-8 are seen, passed over by a filling, and removed by their bytes"
    )
    func foreign() throws {
        let data = try DataSet(["d/f": "1"])
        try data.store(in: scratch)
        _ = try scratch.shell(
            "mkdir -p slot/d slot/\"$(printf 'b\\377d')\"/in && touch slot/d/\"$(printf 'x\\376')\" "
                + "slot/\"$(printf 'b\\377d')\"/in/\"$(printf '\\200')\"")
        let route = route()
        var writer = SlotWriter(route: route)
        writer.deleteGuard = nil
        _ = try writer.fill(with: data.manifest, marker: data.marker(), source: scratch.source)
        let listing = try route.list(expecting: ListingHint(), isInterrupted: { false })
        #expect(listing.foreign.map(\.text).sorted() == ["b\\xffd", "d/x\\xfe"])
        #expect(try route.entries(of: RelativePath("d"))?.map(\.name) == ["f", "x\\xfe"])
        // An audit says that there is more than the manifest holds.
        #expect(throws: SlotWriterError.self) { _ = try writer.audit(against: data.manifest) }
        try route.delete(foreign: listing.foreign, isInterrupted: { false })
        #expect(try writer.audit(against: data.manifest) == [])
        #expect(try scratch.shell("find slot | wc -l") == "4\n")
    }

    @Test(
        "D64: a slot whose marker names just this data is read back, and only what is wrong is sent"
    )
    func named() throws {
        var files: [String: String] = [:]
        for number in 0..<30 { files["f/\(number)"] = String(repeating: "\(number) ", count: 500) }
        let data = try DataSet(files)
        try data.store(in: scratch)
        func fill() throws -> SlotFilling {
            try SlotWriter(route: route()).fill(
                with: data.manifest, marker: data.marker(), source: scratch.source)
        }
        #expect(try fill().filesSent == 30)
        #expect(try fill().filesSent == 0)
        let text = try #require(files["f/7"])
        try scratch.write(String(text.reversed()), to: "slot/f/7")
        #expect(try fill().filesSent == 1)
        #expect(try scratch.text("slot/f/7") == text)
    }

    @Test(
        "D61: a marker with numbers beyond reason is none, and nothing is added to them",
        arguments: ["generation", "bytes", "files", "release"])
    func marker(_ key: String) throws {
        let marker = try DataSet(["a": "1"]).marker()
        let text = String(decoding: try marker.encoded(), as: UTF8.self)
        for number in ["9223372036854775807", "-1", "1e300"] {
            let lines = text.split(separator: "\n").map { line in
                line.contains("\"\(key)\"") ? "  \"\(key)\" : \(number)," : String(line)
            }
            #expect(SlotMarker(decoding: Array(lines.joined(separator: "\n").utf8)) == nil)
        }
        #expect(SlotMarker(decoding: Array(text.utf8)) == marker)
    }

    @Test("D2: a killed filling goes on by its journal, and what was sent is not sent again")
    func journal() throws {
        var files: [String: String] = [:]
        for number in 0..<60 { files["f/\(number)"] = String(repeating: "\(number) ", count: 500) }
        let data = try DataSet(files)
        try data.store(in: scratch)
        func fill(_ stopAfter: Int, _ token: String) throws -> [String] {
            var writer = SlotWriter(route: route())
            writer.journal = SlotJournal(path: "\(scratch.path)/journal")
            var done = 0
            writer.onProgress = { done = $0.filesDone }
            writer.isInterrupted = { done >= stopAfter }
            var asked: [String] = []
            _ = try? writer.fill(
                with: data.manifest, marker: data.marker(), token: token,
                source: {
                    asked.append($0.path.text)
                    return scratch.source($0)
                })
            return asked
        }
        _ = try fill(10, "first")
        let marker = try route().readMarker()
        #expect(marker == nil)
        let there = try route().list(expecting: ListingHint(), isInterrupted: { false })
            .content.files.count
        #expect(there >= 10)
        #expect(try fill(.max, "second").count == 60 - there)
        #expect(try route().marker() == data.marker())

        // A filling by somebody else in between: its token is another, and the journal is not believed.
        try route().removeMarker()
        try scratch.write("filling first -\n", to: "journal")
        try scratch.write("stranger", to: "slot/.pipeline-filling")
        #expect(try fill(.max, "third").count == 60)
    }
}
