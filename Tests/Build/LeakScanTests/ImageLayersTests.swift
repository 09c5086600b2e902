import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import LeakScanning

/// What an archive of an image says of itself, and what of it counts.
@Suite("Layers and records of an image")
final class ImageLayersTests {
    private let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-layers-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    // try?: a scratch folder; the system clears it sooner or later
    deinit { try? FileSystem.removeTree(root) }

    private func scan(_ script: String, _ scanner: LeakScanner = LeakScanner()) throws -> LeakReport
    {
        var report = LeakReport()
        try scanner.scan(image: ImageArchive.command(script), scratch: root, &report)
        return report
    }

    private static let twoLayers = """
        base = tar([("usr/lib/x/a.pkl", "data"), ("app/mine.pkl", "data")])
        own = tar([("usr/lib/x/b.pkl", "data")])
        """

    @Test("of the base image's layers only what a distribution brings does not count")
    func baseLayers() throws {
        let script = Self.twoLayers + "\nout = image([base, own], manifest=listing(2))"
        let based = try scan(script, LeakScanner(baseLayers: 1))
        #expect(based.findings.map(\.path).sorted() == ["app/mine.pkl", "usr/lib/x/b.pkl"])
        #expect((based.layers, based.baseLayers) == (2, 1))
        // Where nobody knows how many are the base's, all are this build's.
        let all = try scan(script)
        #expect(all.findings.count == 3)
        #expect(all.baseLayers == 0)
    }

    @Test("a layer that is listed and missing is an error, as is what follows the archive's end")
    func listed() throws {
        let missing = #expect(throws: LeakError.self) {
            try self.scan(Self.twoLayers + "\nout = image([base, own], manifest=listing(3))")
        }
        #expect(missing?.failure.code == "leaks-not-looked-at")
        // Zeros without end are read: the one who writes them must be able to end well.
        let long = try scan(Self.twoLayers + "\nout = image([base, own]) + bytes(1 << 20)")
        #expect(long.layers == 2)
    }

    @Test("labels, commands and every step of the history are looked at, each under its name")
    func record() throws {
        let report = try scan(
            """
            config = {"config": {"Labels": {"DB_PASSWORD": "Tr0ub4dor"}, "Entrypoint": ["run"],
                                 "Cmd": ["--password", "s3cretpw"], "Env": ["A=1", "GITHUB_TOKEN=abcdefg"]},
                      "history": [{"created_by": "COPY x"}, {}, {"comment": "RUN API_KEY=abcd1234 make"}]}
            out = image([tar([("a", "x")])], json.dumps(config))
            """)
        #expect(
            report.findings.map { "\($0.path): \($0.detail ?? "")" } == [
                "ENV GITHUB_TOKEN: GITHUB_TOKEN", "label DB_PASSWORD: DB_PASSWORD",
                "command: password", "history, step 3: API_KEY",
            ])
        #expect(Set(report.findings.map(\.rule)) == [.buildSecret])
    }

    @Test("a second name of a file is a finding where the name is one")
    func hardLinks() throws {
        let report = try scan(
            """
            def linked(name):
                file = io.BytesIO()
                with tarfile.open(fileobj=file, mode="w") as t:
                    info = tarfile.TarInfo("app/plain"); info.size = 3
                    t.addfile(info, io.BytesIO(b"A=1"))
                    link = tarfile.TarInfo(name); link.type = tarfile.LNKTYPE; link.linkname = "app/plain"
                    t.addfile(link)
                return file.getvalue()
            out = image([linked("./app/.env"), linked("app/other")])
            """)
        #expect(report.findings.map(\.path) == ["app/.env"])
        #expect(report.findings.map(\.rule) == [.credentialFile])
    }

    @Test("sizes in binary, as GNU's tar writes them, are read; one beyond all reason is damage")
    func binarySizes() throws {
        let script = """
            def binary(size):
                block = bytearray(tar([("key.txt", KEY)]))
                block[124:136] = size
                block[148:156] = b" " * 8
                block[148:156] = b"%06o\\0 " % sum(block[:512])
                return bytes(block)
            """
        let small = "\nout = image([binary(b'\\x80' + len(KEY).to_bytes(11, 'big'))])"
        #expect(try scan(script + small).findings.map(\.rule) == [.accessKey])
        #expect(throws: LeakError.self) {
            try self.scan(script + "\nout = image([binary(b'\\xff' * 12)])")
        }
    }

    @Test("a layer packed by zstd is unpacked by that program, and no layer is clean without it")
    func zstd() throws {
        // RFC 8878: a frame of one segment with its size, and raw blocks.
        let script = """
            layer = tar([("key.txt", KEY)])
            frame = b"\\x28\\xb5\\x2f\\xfd\\xa0" + struct.pack("<I", len(layer))
            frame += struct.pack("<I", len(layer) << 3 | 1)[:3] + layer
            out = image([frame])
            """
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/zstd") {
            #expect(try scan(script).findings.map(\.rule) == [.accessKey])
        } else {
            #expect(throws: LeakError.self) { try self.scan(script) }
        }
    }

    @Test("another scanner gets copies of what this build brought, and of nothing else")
    func copies() throws {
        let folder = try ScannerFolder("\(root)/copies")
        var scanner = LeakScanner(baseLayers: 1)
        scanner.folder = folder
        _ = try scan(
            """
            site = "opt/lib/python3/site-packages"
            base = tar([("etc/base.conf", "x = 1")])
            own = tar([(site + "/p/m.py", "m = 1"), (site + "/p/changed.py", "mine"), ("app/a.py", "a = 1"),
                       (site + "/p-1.dist-info/RECORD", "p/m.py,,\\np/changed.py,sha256=other,4\\n")])
            out = image([base, own], manifest=listing(2))
            """, scanner)
        let output = try ProcessRunner.run(
            ProcessCommand(["sh", "-c", "find . -type f | sort"], directory: folder.path))
        let names = output.standardOutputText.split(separator: "\n").map {
            $0.drop { $0 != "/" }.dropFirst().drop { $0 != "/" }.dropFirst()
        }
        let site = "opt/lib/python3/site-packages"
        #expect(names.contains("app/a.py") && names.contains("\(site)/p/changed.py"), "\(names)")
        #expect(!names.contains("\(site)/p/m.py") && !names.contains("etc/base.conf"), "\(names)")
    }

    @Test("a key in a variable of the image is reported under the variable's name")
    func variable() throws {
        let report = try scan(
            "out = image([tar([('a', 'x')])], json.dumps({'config': {'Env': ['K=' + KEY]}}))")
        #expect(report.findings.map { "\($0.path): \($0.rule)" } == ["ENV K: accessKey"])
    }

    @Test("another scanner gets no copies of what packages brought into the context")
    func contextCopies() throws {
        let folder = try ScannerFolder("\(root)/copies")
        var scanner = LeakScanner()
        scanner.folder = folder
        let site = "venv/lib/python3.11/site-packages"
        let files = [
            "\(site)/p/m.py": "m = 1", "\(site)/p-1.dist-info/RECORD": "p/m.py,,\n",
            "a.py": "a = 1",
        ]
        for (path, text) in files {
            let full = "\(root)/context/\(path)"
            try FileSystem.createDirectories(
                String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
            try FileSystem.writeAtomically(text.utf8, to: full)
        }
        var report = LeakReport()
        try scanner.scan(files: files.keys.sorted(), in: "\(root)/context", scratch: root, &report)
        #expect(try FileSystem.status("\(folder.path)/context/a.py") != nil)
        #expect(try FileSystem.status("\(folder.path)/context/\(site)/p/m.py") == nil)
    }
}
