import Digests
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import LeakScanning

/// Secrets of usual kinds in usual places, as other programs make them.
@Suite("What people leak")
final class HidingPlacesTests {
    private let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-hiding-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(root)/context")
    }

    deinit { try? FileSystem.removeTree(root) }

    private struct Planted: Decodable {
        let found: [String: String]
        let passed: [String]
        let secrets: [String]
    }

    private func plant() throws -> Planted {
        let script = #filePath.replacing(
            "Build/LeakScanTests/HidingPlacesTests.swift", with: "python/hiding_places.py")
        let output = try ProcessRunner.run(
            ProcessCommand(["python3", script, "\(root)/context"]), timeout: 120)
        try #require(output.exit.isSuccess, "\(output.standardErrorText)")
        return try JSONDecoder().decode(Planted.self, from: Data(output.standardOutput))
    }

    @Test("each is found where it is, by its rule, and no example or public file is")
    func planted() throws {
        let planted = try plant()
        var report = LeakReport()
        let files = planted.found.keys.sorted() + planted.passed
        try LeakScanner().scan(
            files: files, in: "\(root)/context", scratch: root, &report)
        for (path, rule) in planted.found {
            let here = report.findings.filter {
                $0.path == path || $0.path.hasPrefix(path + "!/")
            }
            #expect(here.contains { $0.rule.rawValue == rule }, "\(path): \(rule), not \(here)")
        }
        for path in planted.passed {
            let here = report.findings.filter { $0.path.hasPrefix(path) }
            #expect(here == [], "\(path)")
        }
        let text = report.findings.map(\.description).joined(separator: "\n")
        for secret in planted.secrets { #expect(!text.contains(secret), "it is not shown") }
        #expect(
            text.contains(
                "as/utf16: an AWS access key (aws-access-key): AWS access key, line 2, UTF-16"))
    }

    @Test("a file that cannot be read is a finding")
    func unreadable() throws {
        var report = LeakReport()
        try LeakScanner().scan(files: ["gone.txt"], in: root, scratch: root, &report)
        #expect(report.findings.map(\.rule) == [.unread])
        #expect(report.findings.first?.path == "gone.txt")
    }

    @Test(
        "an archive that is damaged in its middle is a finding: what follows there was not looked at",
        arguments: [
            (
                "x.gz",
                "seq 100000 | gzip > x.gz && yes | head -c 1000 | dd of=x.gz bs=1 seek=90000 conv=notrunc"
            ),
            (
                "x.tar",
                "echo a > a && echo b > b && tar cf x.tar a b && yes | head -c 512 | dd of=x.tar bs=1 seek=1024 conv=notrunc"
            ),
        ])
    func damaged(name: String, script: String) throws {
        let made = try ProcessRunner.run(
            ProcessCommand(["sh", "-c", script], directory: root), timeout: 60)
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        var report = LeakReport()
        try LeakScanner().scan(files: [name], in: root, scratch: root, &report)
        #expect(report.findings.map(\.rule) == [.unread])
        #expect(report.findings.first?.path == name)
    }

    /// A key as tests of packages have it, made up here.
    private static let key =
        "-----BEGIN PRIVATE " + "KEY-----\n" + String(repeating: "MIIEvQIBADANBgkqhk", count: 4)
        + "\n"

    /// Findings in a context of these files.
    private func findings(_ files: [String: String]) throws -> [String] {
        for (path, text) in files {
            let full = "\(root)/context/\(path)"
            try FileSystem.createDirectories(
                String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
            try FileSystem.writeAtomically(text.utf8, to: full)
        }
        var report = LeakReport()
        try LeakScanner().scan(
            files: files.keys.sorted(), in: "\(root)/context", scratch: root, &report)
        return report.findings.map { "\($0.path) \($0.rule.rawValue)" }
    }

    @Test("what a package brought is public: it is on the package's list, with this content")
    func packages() throws {
        let site = "opt/venv/lib/python3.11/site-packages"
        let hash = Data(Digest.of(Self.key).bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let record = "x/test.pem,sha256=\(hash),90\nx/a.pkl,,\nx/m.py,sha256=aaa,1\n"
        let owned = [
            "\(site)/x/test.pem": Self.key, "\(site)/x/a.pkl": "data",
            "\(site)/x/__pycache__/m.cpython-311.pyc": Self.key,
            "\(site)/x-1.dist-info/RECORD": record,
            "usr/share/doc/y/key.pem": Self.key,
            "var/lib/dpkg/info/y.list": "/.\n/usr/share/doc/y/key.pem\n",
            "usr/lib/R/site-library/z/DESCRIPTION": "Package: z\nBuilt: R 4\n",
            "usr/lib/R/site-library/z/Meta/package.rds": "data",
        ]
        #expect(try findings(owned) == [])
        // Changed since, put beside it, or brought by a package that was made from the project itself.
        #expect(
            try findings(owned.merging(["\(site)/x/test.pem": Self.key + "mine\n"]) { $1 })
                == ["\(site)/x/test.pem private-key"])
        #expect(
            try findings(owned.merging(["\(site)/x/b.pkl": "data"]) { $1 })
                == ["\(site)/x/b.pkl data-file"])
        let own = "{\"dir_info\": {}, \"url\": \"file:///app\"}"
        #expect(
            try findings(owned.merging(["\(site)/x-1.dist-info/direct_url.json": own]) { $1 })
                .sorted()
                == [
                    "\(site)/x/__pycache__/m.cpython-311.pyc private-key",
                    "\(site)/x/a.pkl data-file", "\(site)/x/test.pem private-key",
                ])
    }

    @Test(
        "values of variables, arguments and labels whose names say that they are secret",
        arguments: [
            ("DB_PASSWORD=Tr0ub4dor", ["DB_PASSWORD"]), ("GITHUB_TOKEN=abcdefg", ["GITHUB_TOKEN"]),
            ("|1 PIP_TOKEN=hunter22 /bin/sh -c pip install x", ["PIP_TOKEN"]),
            ("/bin/sh -c curl --password s3cretpw http://x", ["password"]),
            ("RUN export API_KEY='abcd1234' && make", ["API_KEY"]),
            ("APP_PWD=verysecret", ["APP_PWD"]),
            ("RUN \"GITHUB_TOKEN=abcdefg\" x", ["GITHUB_TOKEN"]),
            ("aws.secret.access-key=abcdefgh", ["aws.secret.access-key"]),
            ("PWD=/app", []), ("DB_PASSWORD=", []), ("DB_PASSWORD=$X", []),
            ("TOKEN_FILE=/run/secrets/x", []),
            ("GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", []),
            ("PASSWORD_MIN_LENGTH=12345", []),
            ("API_KEY=changeme", []), ("PATH=/usr/bin", []),
        ])
    func buildSecrets(_ text: String, _ names: [String]) {
        #expect(BuildRecord.secretNames(in: text) == names)
    }

    private static let detectSecretsProgram = #filePath.replacing(
        "Tests/Build/LeakScanTests/HidingPlacesTests.swift", with: ".venv-test/bin/detect-secrets")

    @Test(
        "detect-secrets is understood as it is",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: detectSecretsProgram),
            "it is not installed"))
    func detectSecrets() throws {
        let folder = try ScannerFolder("\(root)/copies")
        var scanner = LeakScanner()
        scanner.folder = folder
        try FileSystem.writeAtomically(
            "x = 1\npassword = 'Tr0ub4dor-and-three'\n".utf8, to: "\(root)/context/a.py")
        var report = LeakReport()
        try scanner.scan(files: ["a.py"], in: "\(root)/context", scratch: root, &report)
        let found = try ExternalScanner.detectSecrets.findings(
            in: folder.path, cancel: nil, program: Self.detectSecretsProgram)
        #expect(found.map(\.place) == ["context"])
        #expect(found.map(\.path) == ["a.py"])
        #expect(found.first?.detail == "detect-secrets: Secret Keyword, line 2")
    }
}
