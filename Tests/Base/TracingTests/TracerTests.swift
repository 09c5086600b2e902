import FoundationEssentials
import Posix
import Processes
import Testing
import Tracing

struct TracerTests {
    private let folder: String

    init() throws {
        folder =
            try FileSystem.realPath(FileManager.default.temporaryDirectory.path)
            + "/trace-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        _ = try ProcessRunner.run(
            ProcessCommand(
                ["sh", "-c", "mkdir d; echo a > a; echo b > d/b; echo c > c; ln -s . l"],
                directory: folder))
    }

    private func opened(_ script: String, environment: [String: String?] = [:]) throws -> [String] {
        // try?: a scratch folder of this test
        defer { try? FileSystem.removeTree(folder) }
        let (process, trace) = try Tracer(root: folder).start(
            ProcessCommand(["sh", "-c", script], environment: environment, directory: folder),
            standardInput: .null, standardOutput: .null, standardError: .inherit)
        #expect(process.wait() == .exited(0))
        return try #require(trace).finish()
    }

    @Test(
        "what is opened below the root, by any way",
        arguments: [
            ("cat a d/b", ["a", "d/b"]),
            ("cd d; cat ../a ./b", ["a", "d/b"]),
            ("env -i /bin/cat a", ["a"]),
            ("cat l/l/a", ["l/l/a"]),
            ("cat missing || true; ls d; test -e a", []),
            ("cat a & wait", ["a"]),
            ("setsid cat c; (. ./a) 2>/dev/null; true", ["a", "c"]),
            (
                "printf '#!/bin/sh\\n. ./d/b 2>/dev/null\\ntrue\\n' > /tmp/x.$$; sh /tmp/x.$$; rm /tmp/x.$$",
                ["d/b"]
            ),
        ])
    func ways(script: String, expected: [String]) throws {
        #expect(try opened(script) == expected)
    }

    @Test("a program is what it is found as, and what is written is not read")
    func programsAndWriting() throws {
        let script =
            "printf '#!/bin/sh\\ncat a\\n' > d/tool; chmod +x d/tool; true"
        _ = try ProcessRunner.run(ProcessCommand(["sh", "-c", script], directory: folder))
        #expect(
            try opened(
                "PATH=d:$PATH tool; echo x > new; cat new; echo y > t; mv t made; cat made; cat c >> c2; cat c"
            ) == ["a", "c", "d/tool"])
    }

    @Test("threads and a program that starts others without a copy of its memory")
    func threads() throws {
        let script = """
            import threading, subprocess, os
            t = [threading.Thread(target=lambda n=n: open(n).read()) for n in ("a", "d/b")]
            [x.start() for x in t]; [x.join() for x in t]
            subprocess.run(["cat", "c"], check=True)
            os.waitpid(os.posix_spawn("/bin/cat", ["cat", "a"], os.environ), 0)
            """
        let (process, trace) = try Tracer(root: folder).start(
            ProcessCommand(["/usr/bin/python3", "-c", script], directory: folder),
            standardInput: .null, standardOutput: .null, standardError: .inherit)
        #expect(process.wait() == .exited(0))
        #expect(try #require(trace).finish() == ["a", "c", "d/b"])
    }

    @Test("the same start as without: signals, descriptors, group, errors")
    func start() throws {
        let (process, trace) = try Tracer(root: folder).start(
            ProcessCommand(
                [
                    "sh", "-c",
                    "ls /proc/self/fd | wc -l; grep Sig[BI] /proc/self/status; ps -o pgid= -p $$",
                ]),
            standardInput: .null, standardOutput: .file(folder + "/out", append: false),
            standardError: .inherit)
        _ = process.wait()
        _ = trace?.finish()
        let text = try FileSystem.readText(folder + "/out")
        #expect(text.hasPrefix("4\n"), "\(text)")
        let signals = text.matches(of: /Sig(?:Blk|Ign):\t([0-9a-f]{16})/).compactMap {
            UInt64($0.output.1, radix: 16)
        }
        // Signals 32 and 33 are glibc's own, which nobody can set back: they may be ignored from before.
        let own: UInt64 = 0b11 << 31
        #expect(signals.map { $0 & ~own } == [0, 0], "\(text)")
        #expect(text.contains("\(process.pid)\n"), "\(text)")
        #expect(throws: ProcessError.self) {
            try FileSystem.writeAtomically(Array("#!/nowhere/sh\n".utf8), to: folder + "/bad")
            _ = try Tracer(root: folder).start(
                ProcessCommand(["sh", "-c", "true"], directory: folder + "/nowhere"),
                standardInput: .null, standardOutput: .null, standardError: .null)
        }
    }

    @Test("a trace goes on until its end, also after its tracer is dropped")
    func dropped() throws {
        // try?: a scratch folder of this test
        defer { try? FileSystem.removeTree(folder) }
        let (process, trace) = try Tracer(root: folder).start(
            ProcessCommand(["sh", "-c", "read go; cat a; . ./d/b"], directory: folder),
            standardInput: .pipe, standardOutput: .null, standardError: .null)
        try Descriptors.write(Array("go\n".utf8), to: #require(process.standardInput))
        _ = process.wait()
        #expect(try #require(trace).finish() == ["a", "d/b"])
    }

    @Test("the system is asked whether it tells")
    func problem() { #expect(Tracer.problem() == nil) }
}
