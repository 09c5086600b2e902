import Digests
import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import LeakScanning

/// Archives are made by Python's tarfile, as images of Docker are laid out.
@Suite("The leak gate")
final class LeakScannerTests {
    private let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-leaks-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    deinit { try? FileSystem.removeTree(root) }

    // Put together here, so that the test's own source holds nothing that a gate would stop.
    private static let accessKey = "AKIA" + "QWERTYUIOPASDFGH"
    private static let privateKey =
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n"
        + String(repeating: "b3BlbnNzaC1rZXk", count: 5) + "\n"

    /// As ssh-keygen of SSH.com and PuTTYgen write it.
    private static let oldKey =
        "---- BEGIN SSH2 ENCRYPTED " + "PRIVATE KEY ----\nComment: \"me\"\n"
        + String(repeating: "P2/56wAAAi4AAAA3aWYt", count: 4) + "\n"

    private func write(_ path: String, _ text: String) throws {
        let full = "\(root)/\(path)"
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(text.utf8, to: full)
    }

    private func context(_ files: [String: String]) throws -> [LeakFinding] {
        for (path, text) in files { try write("context/\(path)", text) }
        var report = LeakReport()
        try LeakScanner(dataDigests: [Digest.of("rows of a release")])
            .scan(
                files: files.keys.sorted(), in: "\(root)/context", scratch: root, &report)
        #expect(report.files == files.count)
        return report.findings
    }

    @Test(
        "credentials and data are found by name, content and digest",
        arguments: [
            (".env", "A=1", LeakRule.credentialFile), ("a/.env.production", "x", .credentialFile),
            ("home/.aws/credentials", "x", .credentialFile), ("x/id_ed25519", "x", .credentialFile),
            (".git/config", "x", .history), ("data/a.feather", "x", .dataFile),
            ("lib/model.pkl", "x", .dataFile), ("notes.txt", "rows of a release", .releasedData),
            ("key.txt", privateKey, .privateKey), ("old_key", oldKey, .privateKey),
            (
                "a/.npmrc",
                String(repeating: "# a comment\n", count: 9000)
                    + "//registry.example.org/:_authToken=abcdefabcdef", .credentialFile
            ),
            ("gradle.properties", "signing.password=x", .credentialFile),
            ("settings.py", "k = '\(accessKey)'", .accessKey),
            (
                "run.sh",
                "aws_secret_access_key = " + String(repeating: "aB3/", count: 10), .secretKey
            ),
            ("ci.yml", "token: ghp_" + String(repeating: "a1B2", count: 9), .token),
            ("slack.txt", "xoxb-" + String(repeating: "1234567890-", count: 5), .token),
        ])
    func found(_ path: String, _ text: String, _ rule: LeakRule) throws {
        let findings = try context([path: text, "app.py": "print('hello')\n"])
        #expect(findings.map(\.rule) == [rule])
        #expect(findings.first?.path == path)
        for secret in [Self.accessKey, "aB3/aB3/aB3/", "a1B2a1B2"] {
            #expect(findings.first?.description.contains(secret) != true, "it is masked")
        }
    }

    @Test(
        "what only looks like it is let pass",
        arguments: [
            (".env.example", "A=1"), ("doc.md", "an id such as AKIAIOSFODNN7EXAMPLE"),
            ("a.py", "X = 'MYAKIAQWERTYUIOPASDFGHX'"), ("d.py", "X = 'MYAKIAQWERTYUIOPASDFGH'"),
            ("b.py", "if line == '-----BEGIN PRIVATE KEY-----':"),
            ("id_ed25519.pub", "ssh-ed25519 AAAA"),
            ("c.py", "aws_secret_access_key = os.environ['X']"),
            ("usr/lib/python3.11/test/keycert.pem", privateKey),
            ("empty.pkl", ""), ("b/.npmrc", "registry=https://registry.example.org/"),
            ("properties", "signing.password=x"),
        ])
    func passed(_ path: String, _ text: String) throws {
        #expect(try context([path: text]) == [])
    }

    @Test("a key that lies across any joint of chunks is found once")
    func joints() throws {
        let key = " \(Self.accessKey) "
        for offset in stride(from: (1 << 20) - 300, through: (1 << 20) + 40, by: 17) {
            var bytes = [UInt8](repeating: UInt8(ascii: "."), count: (2 << 20) + 100)
            bytes.replaceSubrange(offset..<(offset + key.utf8.count), with: key.utf8)
            try FileSystem.writeAtomically(bytes, to: "\(root)/big")
            var report = LeakReport()
            try LeakScanner().scan(files: ["big"], in: root, scratch: root, &report)
            #expect(report.findings.map(\.rule) == [.accessKey], "at \(offset)")
        }
    }

    private func scan(_ script: String) throws -> LeakReport {
        var report = LeakReport()
        try LeakScanner().scan(image: ImageArchive.command(script), scratch: root, &report)
        return report
    }

    @Test("each layer is looked at by itself: what a later one deletes is still there")
    func layers() throws {
        let report = try scan(
            """
            out = image([tar([("app/.env", "A=1"), ("app/x.py", "x")]), tar([("app/.wh..env", "")])])
            """)
        #expect(report.findings.map(\.rule) == [.credentialFile])
        #expect(report.findings.first?.place == "layer 000000000000")
        #expect((report.layers, report.files) == (2, 5))
    }

    @Test(
        "packed layers, long names of both kinds, and the build's own words",
        arguments: [
            ("out = image([gzip.compress(tar([('key.txt', KEY)]))])", LeakRule.accessKey),
            ("out = image([tar([(LONG + '/.netrc', 'x')])])", .credentialFile),
            (
                "out = image([tar([(LONG + '/.netrc', 'x')], tarfile.GNU_FORMAT)])",
                .credentialFile
            ),
            (
                "out = image([tar([('a', 'x')])], json.dumps({'config': {'Env': ['K=' + KEY]}}))",
                .accessKey
            ),
        ])
    func forms(_ script: String, _ rule: LeakRule) throws {
        #expect(try scan(script).findings.map(\.rule) == [rule])
    }

    @Test("a link to a secret and an empty layer are nothing")
    func nothing() throws {
        let report = try scan("out = image([tar([('link', None)]), tar([])])")
        #expect(report.findings == [])
        #expect(report.layers == 2)
    }

    @Test(
        "what is cut or is no image is an error, and never clean",
        arguments: [
            "out = image([tar([('a', 'x' * 5000)])])[:3000]", "out = b''", "out = b'x' * 5000",
            "out = image([])", "out = image([tar([('a', 'x' * 5000)])[:2048]])",
            "out = image([gzip.compress(tar([('a', 'x' * 50000)]))[:60]])",
            "out = image([tar([('a', 'x')])]); sys.stdout.buffer.write(out); sys.exit(3)",
        ])
    func failsClosed(_ script: String) throws {
        let error = #expect(throws: LeakError.self) { try self.scan(script) }
        let code = script.contains("sys.exit(3)") ? "leaks-not-saved" : "leaks-not-looked-at"
        #expect(error?.failure.code == code, "\(String(describing: error))")
    }

    @Test("allowances cover a rule at a path, and nothing else")
    func allowances() throws {
        let finding = LeakFinding(rule: .dataFile, place: "context", path: "app/demo/a.pkl")
        for text in ["data-file app/demo/a.pkl", "data-file *.pkl", "* app/*", "data-file *"] {
            #expect(LeakAllowance(text)?.covers(finding) == true, "\(text)")
        }
        for text in ["token *", "data-file app/demo", "data-file *.feather"] {
            #expect(LeakAllowance(text)?.covers(finding) == false, "\(text)")
        }
        #expect(LeakAllowance("no-such-rule *") == nil)
        #expect(LeakAllowance("*") == nil)
    }
}
