import Digests
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import LeakScanning

/// Rare forms of archives and texts.
@Suite("Rare forms of archives and texts")
final class ArchiveFormsTests {
    private let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-forms-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    // try?: a scratch folder; the system clears it sooner or later
    deinit { try? FileSystem.removeTree(root) }

    private static let accessKey = "AKIA" + "QWERTYUIOPASDFGH"

    private func findings(_ files: [String: [UInt8]]) throws -> [LeakFinding] {
        for (path, bytes) in files {
            let full = "\(root)/\(path)"
            try FileSystem.createDirectories(
                String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
            try FileSystem.writeAtomically(bytes, to: full)
        }
        var report = LeakReport()
        try LeakScanner().scan(files: files.keys.sorted(), in: root, scratch: root, &report)
        return report.findings
    }

    /// Hands out so many bytes at a time.
    private final class Trickle: ByteSource {
        private var bytes: ArraySlice<UInt8>
        private let step: Int

        init(_ bytes: [UInt8], _ step: Int) { (self.bytes, self.step) = (bytes[...], step) }

        func next(_ limit: Int) -> [UInt8] {
            defer { bytes = bytes.dropFirst(step) }
            return Array(bytes.prefix(step))
        }
    }

    @Test(
        "all members of a gzip are read, wherever the pieces of the stream end",
        arguments: [1, 2, 3, 4, 1000], ["", "padding"])
    func members(step: Int, padding: String) throws {
        let made = try ProcessRunner.run(
            ProcessCommand([
                "python3", "-c",
                "import gzip, sys; sys.stdout.buffer.write(gzip.compress(b'one') + gzip.compress(b'two'))",
            ]))
        let source = try InflateSource(
            Trickle(Array(made.standardOutput) + Array(padding.utf8), step), isGzip: true)
        var text: [UInt8] = []
        while case let chunk = try source.next(100), !chunk.isEmpty { text += chunk }
        #expect(String(decoding: text, as: UTF8.self) == "onetwo")
        let cut = try InflateSource(
            Trickle(Array(made.standardOutput.dropLast(3)), step), isGzip: true)
        #expect(throws: ArchiveFailure.self) {
            while case let chunk = try cut.next(100), !chunk.isEmpty {}
        }
    }

    /// A zip archive of one member with the fields of zip64 (APPNOTE.TXT 4.5.3).
    private func wideZip(_ changes: String) throws -> [UInt8] {
        let program = """
            import struct, sys, zlib
            content = b"k = '\(Self.accessKey)'"
            packed, signature, prefix, header = len(content), 0x06064b50, b"", 0
            \(changes)
            name, crc, most = b"a.py", zlib.crc32(content), 0xFFFFFFFF
            local = struct.pack("<IHHHHHIIIHH", 0x04034b50, 45, 0, 0, 0, 0, crc, most, most, len(name), 20)
            local += name + struct.pack("<HHQQ", 1, 16, len(content), len(content)) + content
            central = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 45, 45, 0, 0, 0, 0, crc, most, most, len(name),
                                  28, 0, 0, 0, 0, most)
            central += name + struct.pack("<HHQQQ", 1, 24, len(content), packed, header)
            wide = struct.pack("<IQHHIIQQQQ", signature, 44, 45, 45, 0, 0, 1, 1, len(central), len(local))
            locator = struct.pack("<IIQI", 0x07064b50, 0, len(local) + len(central), 1)
            end = struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 1, 1, most, most, 0)
            sys.stdout.buffer.write(local + central + wide + locator + end)
            """
        let made = try ProcessRunner.run(ProcessCommand(["python3", "-c", program]))
        try #require(made.exit.isSuccess, "\(made.standardErrorText)")
        return Array(made.standardOutput)
    }

    @Test(
        "a zip archive with wide fields is read, and one whose fields lie is a finding",
        arguments: [
            ("", LeakRule.accessKey), ("signature = 1", .unread), ("packed = 2**64 - 1", .unread),
            ("packed = 1000", .unread), ("header = 2**64 - 1", .unread), ("header = 3", .unread),
        ])
    func wideArchives(changes: String, rule: LeakRule) throws {
        let found = try findings(["x.zip": try wideZip(changes)])
        #expect(found.map(\.rule).contains(rule), "\(found)")
        if rule == .accessKey { #expect(found.map(\.path) == ["x.zip!/a.py"]) }
    }

    @Test("what conda installed is public, and what lies beside it is not")
    func conda() throws {
        let list = #"{"files": ["lib/x/a.pkl"], "name": "x"}"#
        let found = try findings([
            "opt/conda/conda-meta/x.json": Array(list.utf8), "opt/conda/lib/x/a.pkl": [1],
            "opt/conda/lib/x/b.pkl": [1], "lib/x/a.pkl": [1],
        ])
        #expect(found.map(\.path).sorted() == ["lib/x/a.pkl", "opt/conda/lib/x/b.pkl"])
    }

    @Test("the line is named in each form, also far into a file")
    func lines() throws {
        let line = "# " + String(repeating: "x", count: 61) + "\n"
        let far = String(repeating: line, count: 40_000) + "k = '\(Self.accessKey)'\n"
        let escaped = "\n\ntext = \"a\\n\(Self.accessKey)\"\n"
        let hidden = Data("the key is \(Self.accessKey) and nothing else".utf8)
            .base64EncodedString()
        let harmless = Data("nothing at all is hidden in this text, nothing".utf8)
            .base64EncodedString()
        let packed = "a = '\(harmless)'\nb = '\(harmless)'\nc = '\(hidden)'\nd = '\(harmless)'\n"
        for (text, place) in [
            (far, "line 40001"), (escaped, "line 3"), (packed, "line 3, base64"),
        ] {
            let found = try findings(["a.py": Array(text.utf8)])
            #expect(found.map(\.rule) == [.accessKey])
            #expect(found.first?.detail?.hasSuffix(place) == true, "\(found)")
        }
    }

    @Test(
        "passwords in addresses of examples are none",
        arguments: [
            ("db.internal", true), ("example.com", false), ("db.example.com", false),
            ("host", false),
        ])
    func addresses(host: String, isFound: Bool) throws {
        let text = "url = 'postgres" + "://alice:Tr0ub4dor@\(host)/db'\n"
        #expect(try findings(["a.py": Array(text.utf8)]).isEmpty == !isFound)
    }

    @Test("a structure in DER is a key store only with the type of one")
    func structures() {
        let start: [UInt8] = [0x30, 0x40, 0x02, 0x01, 0x03, 0x30, 0x3B]
        let type: [UInt8] = [
            0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01,
        ]
        let rest = [UInt8](repeating: 0, count: 66 - start.count - type.count)
        #expect(KeyForms.binary(start + type + rest, size: 66) == "PKCS#12 store")
        #expect(KeyForms.binary(start + rest + type.map { _ in 0 }, size: 66) == nil)
    }
}
