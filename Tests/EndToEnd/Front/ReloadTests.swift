import Glibc
import Posix
import Processes
import TestServers
import Testing

/// What an environment does once a release runs, on the built program: a preview, and a service beside it that
/// keeps what it has read.
struct ReloadTests {
    private let project: SiteProject
    private let keeper: ChildProcess
    private let port: Int

    init() throws {
        project = try SiteProject("preview")
        port = try SiteProject.freePort()
        try project.write("keeper.py", Self.keeperCode)
        keeper = try ChildProcess(
            ProcessCommand(["python3", "keeper.py", String(port)], directory: project.root),
            standardOutput: .pipe, standardError: .null)
        _ = try Descriptors.read(keeper.standardOutput ?? -1, upTo: 1)
        let file = "pipeline/environments/preview.yaml"
        try project.write(
            file,
            try FileSystem.readText("\(project.root)/\(file)") + """
                reload:
                  drop: [cache/regional]
                  request:
                    url: http://127.0.0.1:\(port)/reload
                    body: '{"force": true}'
                    secret_headers: { Authorization: RELOAD_TOKEN }
                  poll:
                    url: http://127.0.0.1:\(port)/jobs/{job.id}
                    every: 1s
                    within: 10s

                """)
    }

    private func pipeline(_ arguments: String...) throws -> ProcessOutput {
        var command = project.command(arguments + ["--environment", "preview"])
        command.environment = ["RELOAD_TOKEN": "Bearer very-secret-value"]
        return try ProcessRunner.run(command, timeout: 120)
    }

    private var seen: String {
        get throws { try FileSystem.readText("\(project.root)/seen.txt") }
    }

    @Test("R3, R19: caches are dropped, the site is asked to read again, and its job awaited")
    func reloads() throws {
        defer { end() }
        let cache = ".pipeline/environments/preview/efs/cache/regional"
        try project.write("\(cache)/deep/tile.bin", "old")
        let run = try pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try FileSystem.entries(of: "\(project.root)/\(cache)").isEmpty)
        #expect(
            try seen == "POST /reload {\"force\": true} application/json Bearer very-secret-value\n"
        )
        #expect(run.standardErrorText.contains("reload: SUCCEEDED"))

        // Nothing to do: nothing is asked again.
        #expect(try pipeline("run", "deploy").exit == .exited(0))
        #expect(try seen.split(separator: "\n").count == 1)

        // A job that fails: said, and the same command asks again.
        try project.write("outcome.txt", "FAILED")
        try project.write("raw.txt", "second data\n")
        let failed = try pipeline("run", "deploy")
        #expect(failed.exit == .exited(1))
        #expect(failed.standardErrorText.contains("error[reload-job-failed]"))
        #expect(failed.standardErrorText.contains("release 2 runs"), "\(failed.standardErrorText)")
        #expect(failed.standardErrorText.contains("the job ended with FAILED"))
        try project.write("outcome.txt", "SUCCEEDED")
        let again = try pipeline("run", "deploy")
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(try seen.split(separator: "\n").count == 3)

        let found = try ProcessRunner.run(
            ProcessCommand([
                "grep", "-rl", "--exclude=seen.txt", "very-secret-value", project.root,
            ]))
        #expect(found.exit == .exited(1), "\(found.standardOutputText)")
    }

    @Test("a site that refuses to reload, tells of no job, or does not end it, is reported as that")
    func refused() throws {
        defer { end() }
        let file = "pipeline/environments/preview.yaml"
        let text = try FileSystem.readText("\(project.root)/\(file)")
            .replacing("within: 10s", with: "within: 1s")
        try project.write("outcome.txt", "RUNNING")
        for (path, code) in [
            ("refuse", "error[reload-refused]"), ("nothing", "error[reload-no-member]"),
            ("reload", "error[reload-overdue]"),
        ] {
            try project.write(file, text.replacing("/reload\n", with: "/\(path)\n"))
            let run = try pipeline("run", "deploy")
            #expect(run.exit == .exited(1))
            #expect(run.standardErrorText.contains(code), "\(run.standardErrorText)")
        }
    }

    @Test("a reload whose run was killed is done by the next one")
    func killed() throws {
        defer { end() }
        try project.write("outcome.txt", "RUNNING")
        var command = project.command(["run", "deploy", "--environment", "preview"])
        command.environment = ["RELOAD_TOKEN": "x"]
        let victim = try ChildProcess(command, standardOutput: .null, standardError: .null)
        try Await.that { try FileSystem.status("\(project.root)/seen.txt") != nil }
        victim.signal(9)
        _ = victim.wait()
        try project.write("outcome.txt", "SUCCEEDED")
        let next = try pipeline("run", "deploy")
        #expect(next.exit == .exited(0), "\(next.standardErrorText)")
        #expect(try seen.split(separator: "\n").count == 2)
        #expect(try pipeline("run", "deploy").exit == .exited(0))
        #expect(try seen.split(separator: "\n").count == 2)
    }

    @Test("a secret that is not set is named, and none is sent in the open")
    func secrets() throws {
        defer { end() }
        var command = project.command(["run", "deploy", "--environment", "preview"])
        command.environment = ["RELOAD_TOKEN": nil]
        let unset = try ProcessRunner.run(command, timeout: 120)
        #expect(unset.exit == .exited(1))
        #expect(
            unset.standardErrorText.contains("error[reload-no-secret]")
                && unset.standardErrorText.contains("the variable RELOAD_TOKEN"),
            "\(unset.standardErrorText)")
        let file = "pipeline/environments/preview.yaml"
        let text = try FileSystem.readText("\(project.root)/\(file)")
        try project.write(
            file, text.replacing("http://127.0.0.1:\(port)/reload", with: "http://192.0.2.1/reload")
        )
        let open = try pipeline("run", "deploy")
        #expect(
            open.standardErrorText.contains("error[reload-open-secret]")
                && open.standardErrorText.contains("would be open to all"),
            "\(open.standardErrorText)")
        #expect(try FileSystem.status("\(project.root)/seen.txt") == nil)
    }

    private func end() {
        keeper.signal(SIGKILL)
        _ = keeper.wait()
    }

    private static let keeperCode = """
        import http.server, json, os, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_): pass
            def answer(self, value, status=200):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with open("seen.txt", "a") as seen:
                    seen.write(f"POST {self.path} {body} {self.headers['Content-Type']} "
                               f"{self.headers['Authorization']}\\n")
                if self.path == "/refuse":
                    self.answer({"error": "busy"}, 503)
                elif self.path == "/nothing":
                    self.answer({})
                else:
                    self.answer({"job": {"id": "job/1"}})
            def do_GET(self):
                assert self.path == "/jobs/job%2F1", self.path
                state = "SUCCEEDED"
                if os.path.exists("outcome.txt"):
                    state = open("outcome.txt").read().strip()
                self.answer({"status": state})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        print("serves", flush=True)
        server.serve_forever()

        """
}
