import Digests
import Failures
import Posix
import Processes
import Testing

@testable import Bundles

@Suite struct ZipWriterTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private let entries = [
        BundleEntry(path: "-dash \"q\" 'r'", text: "dash"),
        BundleEntry(path: ".hidden/empty", text: ""),
        BundleEntry(path: "a\nb", text: "newline"),
        BundleEntry(path: "program.sh", text: "#!/bin/sh\n", isExecutable: true),
        BundleEntry(path: "é/😀", bytes: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }),
    ]

    @Test func equalEntriesGiveEqualBytes() throws {
        let first = try ZipWriter.write(entries, to: scratch.path("a.zip"))
        let second = try ZipWriter.write(entries, to: scratch.path("b.zip"))
        let bytes = try FileSystem.read(first.path)
        #expect(try bytes == FileSystem.read(second.path))
        #expect(first.digest == Digest.of(bytes) && first.digest == second.digest)
        #expect(first.bytes == Int64(bytes.count))
        #expect(try FileSystem.entries(of: scratch.root).map(\.name) == ["a.zip", "b.zip"])
    }

    @Test func unzipReadsItAndKeepsTheExecutableBit() throws {
        let all = try ZipWriter.write(entries, to: scratch.path("all.zip"))
        #expect(try scratch.run(["unzip", "-t", all.path]).exit.isSuccess)
        let plain = entries.filter { $0.path.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x80 } }
        let zip = try ZipWriter.write(plain, to: scratch.path("a.zip"))
        let tested = try scratch.run(["unzip", "-t", zip.path])
        #expect(tested.exit.isSuccess, "\(tested.standardOutputText)")
        let unpacked = try scratch.run(["unzip", "-q", zip.path, "-d", "out"])
        #expect(unpacked.exit.isSuccess, "\(unpacked.standardErrorText)")
        for entry in plain {
            let path = scratch.path("out/\(entry.path)")
            #expect(try Digest.ofFile(path).digest == entry.digest)
            #expect(try FileSystem.status(path)?.mode == (entry.isExecutable ? 0o755 : 0o644))
        }
    }

    @Test func pythonReadsItWithAllItsNames() throws {
        let zip = try ZipWriter.write(entries, to: scratch.path("a.zip"))
        let output = try scratch.run([
            "python3", "-I", "-X", "utf8", "-c",
            """
            import hashlib, sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as file:
                assert file.testzip() is None
                for info in file.infolist():
                    print(ascii(info.filename), hashlib.sha256(file.read(info)).hexdigest(),
                          oct(info.external_attr >> 16), info.date_time[:3], info.create_system)
            """, zip.path,
        ])
        #expect(output.exit.isSuccess, "\(output.standardErrorText)")
        let names = [
            #"'-dash "q" \'r\''"#, "'.hidden/empty'", #"'a\nb'"#, "'program.sh'",
            #"'\xe9/\U0001f600'"#,
        ]
        let expected = pairs(names, entries).map { name, entry in
            let mode = entry.isExecutable ? "0o100755" : "0o100644"
            return "\(name) \(entry.digest.hex) \(mode) (1980, 1, 1) 3"
        }
        #expect(output.standardOutputText.split(separator: "\n").map(String.init) == expected)
    }

    private func pairs(
        _ names: [String], _ entries: [BundleEntry]
    ) -> [(String, BundleEntry)] { Array(Swift.zip(names, entries)) }

    @Test(.enabled(if: Program.isInstalled("bsdtar")))
    func bsdtarReadsIt() throws {
        let zip = try ZipWriter.write(entries, to: scratch.path("a.zip"))
        try FileSystem.createDirectories(scratch.path("out"))
        let output = try scratch.run(
            ["bsdtar", "-xpf", zip.path, "-C", "out"], environment: ["LC_ALL": "C.UTF-8"])
        #expect(output.exit.isSuccess, "\(output.standardErrorText)")
        for entry in entries {
            let path = scratch.path("out/\(entry.path)")
            #expect(try Digest.ofFile(path).digest == entry.digest)
            #expect(try FileSystem.status(path)?.mode == (entry.isExecutable ? 0o755 : 0o644))
        }
    }

    @Test func largeFilesAreReadAgainAndMustBeTheSame() throws {
        let bytes = [UInt8](repeating: 7, count: 3 << 20)
        try scratch.write(bytes, to: "site/.platform/big", mode: 0o755)
        let plan = try Bundle.plan(.example(), folder: scratch.path("site"))
        let file = scratch.path("site/.platform/big")
        #expect(plan.entry(".platform/big")?.content == .file(file))
        let written = try plan.write(to: scratch.path("a.zip"))
        #expect(written.bytes == plan.bytes)
        #expect(try scratch.run(["unzip", "-t", written.path]).exit.isSuccess)

        for other in [bytes.dropLast() + [8], bytes + [7], Array(bytes.dropLast())] {
            try scratch.write(other, to: "site/.platform/big")
            let error = #expect(throws: BundleError.self) {
                try plan.write(to: scratch.path("a.zip"))
            }
            #expect(error == .changed(path: ".platform/big"))
            #expect(error?.failure.code == "bundle-file-changed")
        }
        // The bundle that was there is untouched, and nothing lies beside it.
        #expect(try Digest.ofFile(written.path).digest == written.digest)
        #expect(try FileSystem.entries(of: scratch.root).map(\.name) == ["a.zip", "site"])
    }

    @Test func aZipFileHoldsNoMoreFilesThanItsFormCanCount() throws {
        let many = (0..<65_536).map { BundleEntry(path: "f\($0)", text: "") }
        let error = #expect(throws: BundleError.self) {
            try ZipWriter.write(many, to: scratch.path("a.zip"))
        }
        #expect(error == .tooManyFiles(65_536))
        #expect(error?.failure.code == "bundle-too-many-files")
        #expect(try FileSystem.entries(of: scratch.root).isEmpty)
    }

    @Test func whatBeanstalkDoesNotTakeIsRefusedByItsSize() throws {
        // A file without blocks on the disk.
        try scratch.write("", to: "site/.platform/huge")
        let made = try scratch.run(["truncate", "-s", "600M", "site/.platform/huge"])
        #expect(made.exit.isSuccess)
        let plan = try Bundle.plan(.example(), folder: scratch.path("site"))
        #expect(
            plan.findings.contains {
                $0.severity == .error && $0.advice.contains("\".platform/huge\" (629145600 bytes)")
            })
        #expect {
            try plan.write(to: scratch.path("a.zip"))
        } throws: { error in
            guard case .tooLarge(let bytes, _)? = error as? BundleError else { return false }
            return bytes == plan.bytes
        }
        #expect(try FileSystem.entries(of: scratch.root).map(\.name) == ["site"])
    }

    @Test func theChecksumIsThatOfTheStandard() {
        // The check value of CRC-32 (ITU-T V.42, and the catalogue of CRC algorithms).
        #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.of([]) == 0)
    }
}

enum Program {
    static func isInstalled(_ name: String) -> Bool {
        (Environment.value("PATH") ?? "").split(separator: ":").contains {
            ((try? FileSystem.status("\($0)/\(name)")) ?? nil)?.kind == .file
        }
    }
}
