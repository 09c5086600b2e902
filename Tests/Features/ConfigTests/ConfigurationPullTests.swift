import Dispatch
import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import ConfigRepository

@Suite("Configuration from a repository of its own")
final class ConfigurationPullTests {
    private let folder: String

    init() throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-configuration-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder + "/project")
        try shell(
            """
            git init -q -b main config && cd config && mkdir -p aims/base/configs aims/test/configs
            echo '{"a": 1}' > aims/base/configs/all.json; echo base > aims/base/.env
            echo test > aims/test/.env; echo '{"t": 1}' > aims/test/configs/test.json
            printf '#!/bin/sh\\n' > aims/test/run.sh; chmod +x aims/test/run.sh
            mkdir -p other/prod; echo x > other/prod/x
            git add -A && git -c user.name=a -c user.email=a@b commit -qm one
            """)
    }

    deinit { try? FileSystem.removeTree(folder) }

    private func shell(_ line: String) throws {
        let output = try ProcessRunner.run(
            ProcessCommand(["sh", "-ec", line], directory: folder), timeout: 30)
        try #require(output.exit.isSuccess, "\(output.standardErrorText)")
    }

    private func pull(
        _ namespace: String = "aims", _ stage: String = "test", isForced: Bool = false
    ) throws -> ConfigurationPull.Result {
        try ConfigurationPull(
            try ConfigurationSource(
                url: "file://\(folder)/config", branch: nil, namespace: namespace, stage: stage),
            target: "\(folder)/project", record: "\(folder)/record.json",
            scratch: "\(folder)/scratch"
        ).run(isForced: isForced, isDry: false, cancel: nil)
    }

    private func text(_ path: String) throws -> String {
        try FileSystem.readText("\(folder)/project/\(path)")
    }

    @Test("the stage lies over the base, programs stay programs, and the clone is gone")
    func layers() throws {
        let result = try pull()
        #expect(result.plan.missing == [])
        #expect(result.commit.count == 40)
        #expect(try text(".env") == "test\n")
        #expect(try text("configs/all.json") == "{\"a\": 1}\n")
        #expect(try text("configs/test.json") == "{\"t\": 1}\n")
        #expect(try FileSystem.status("\(folder)/project/run.sh")?.mode == 0o755)
        #expect(try FileSystem.entries(of: "\(folder)/scratch").isEmpty)
        #expect(try pull().plan.files.allSatisfy { $0.change == .same })
    }

    @Test("a missing layer is said; when both are, what there is")
    func missing() throws {
        let result = try pull("other", "prod")
        #expect(result.plan.missing == ["other/base"])
        #expect(throws: ConfigurationError.self) { try pull("nobody", "x") }
        do { _ = try pull("nobody", "x") } catch let error as ConfigurationError {
            #expect("\(error)".contains("aims, other"), "\(error)")
        }
    }

    @Test("what was changed here is kept, unless it is forced; what was pulled is replaced")
    func altered() throws {
        try FileSystem.writeAtomically("mine\n".utf8, to: "\(folder)/project/.env")
        #expect(throws: ConfigurationError.altered([".env"])) { try pull() }
        #expect(try text(".env") == "mine\n")
        #expect(try FileSystem.status("\(folder)/project/configs") == nil, "nothing was changed")
        _ = try pull(isForced: true)
        #expect(try text(".env") == "test\n")
        try shell(
            """
            cd config && echo newer > aims/test/.env && git rm -q aims/test/run.sh
            git -c user.name=a -c user.email=a@b commit -qam two
            """)
        let result = try pull()
        #expect(try text(".env") == "newer\n")
        #expect(result.plan.gone == ["run.sh"])
    }

    @Test("links, and files of git or of this tool, are not copied")
    func refused() throws {
        try shell(
            "cd config && ln -s /etc/passwd aims/test/link && git add -A && git -c user.name=a -c user.email=a@b commit -qm l"
        )
        #expect(throws: ConfigurationError.notAFile("link")) { try pull() }
        try shell(
            "cd config && rm aims/test/link && mkdir aims/test/.pipeline && echo x > aims/test/.pipeline/y && git add -A && git -c user.name=a -c user.email=a@b commit -qm l"
        )
        #expect(throws: ConfigurationError.notAllowed(".pipeline/y")) { try pull() }
    }

    @Test(
        "names that could lead elsewhere, or be taken for options, are refused",
        arguments: ["../x", "a/b", "", "-x", ".git", "a b"])
    func names(_ name: String) {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationSource(url: "x", branch: nil, namespace: name, stage: "test")
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationSource(url: "x", branch: nil, namespace: "a", stage: name)
        }
    }

    @Test("passwords in addresses are not told")
    func passwords() throws {
        let source = try ConfigurationSource(
            url: "https://me:secret@example.org/a.git", branch: nil, namespace: "a", stage: "b")
        #expect(source.publicURL == "https://example.org/a.git")
        let plain = try ConfigurationSource(
            url: "git@github.com:lab/a.git", branch: nil, namespace: "a", stage: "b")
        #expect(plain.publicURL == "git@github.com:lab/a.git")
    }

    private func source(_ url: String) throws -> ConfigurationSource {
        try ConfigurationSource(url: url, branch: nil, namespace: "aims", stage: "test")
    }

    @Test(
        "addresses by which git would run a program, or that are not protected, are refused",
        arguments: [
            "ext::sh -c 'touch x'", "fd::3", "EXT::sh", "transport::address", "git://host/a",
            "http://host/a", "ftp://host/a", "sftp://host/a",
        ])
    func transports(_ url: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try source(url) }
        #expect(error?.failure.code == "config-bad-transport")
    }

    @Test(
        "git may use what the address says and nothing else",
        arguments: [
            ("https://host/a", "https:ssh"), ("git@host:lab/a", "https:ssh"),
            ("ssh://host/a", "https:ssh"), ("file:///a", "file"), ("/a/b", "file"),
            ("../b", "file"), ("b", "file"),
        ])
    func allowed(_ url: String, _ transports: String) {
        #expect(ConfigurationSource.allowedTransports(url) == transports)
    }

    @Test("the user's own ssh command is used, with its options, and asks nothing")
    func sshCommand() throws {
        // In the place of ssh: it writes down how it was called, and refuses.
        try FileSystem.createDirectories("\(folder)/bin")
        try FileSystem.writeAtomically(
            "#!/bin/sh\necho \"$@\" >> \(folder)/called; exit 1\n".utf8, to: "\(folder)/bin/ssh",
            mode: 0o755)
        let source = try source("git@nowhere.invalid:lab/a.git")
        for (ssh, configured, expected) in [
            ("\(folder)/bin/ssh -i 'my key'", nil, "-o BatchMode=yes -i my key"),
            (nil, "\(folder)/bin/ssh -p 2222", "-o BatchMode=yes -p 2222"),
        ] as [(String?, String?, String)] {
            try? FileSystem.remove("\(folder)/called")
            #expect(throws: ConfigurationError.self) {
                try source.clone(
                    into: "\(self.folder)/clone", cancel: nil,
                    environment: [
                        "GIT_SSH_COMMAND": ssh, "GIT_CONFIG_COUNT": configured == nil ? "0" : "1",
                        "GIT_CONFIG_KEY_0": "core.sshCommand", "GIT_CONFIG_VALUE_0": configured,
                    ])
            }
            #expect(try FileSystem.readText("\(folder)/called").contains(expected))
        }
    }

    @Test("a server that does not answer is left as soon as the command is cancelled")
    func interrupted() throws {
        let socket = try LoopbackSocket.listen(port: 0)
        defer { Descriptors.close(socket.descriptor) }
        let cancel = Cancellation()
        let start = MonotonicClock.nanoseconds()
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { cancel.cancel() }
        let error = #expect(throws: ProcessError.self) {
            try self.source("https://127.0.0.1:\(socket.port)/a.git").clone(
                into: "\(self.folder)/clone", cancel: cancel)
        }
        #expect(error?.failure.code == ProcessError.interrupted.failure.code)
        #expect(MonotonicClock.nanoseconds() - start < 2_000_000_000)
    }
}
