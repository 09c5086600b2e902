import Posix
import Processes
import Testing

/// A `preview` whose site shows what reached it through nginx.
enum FrontProject {
    /// - Parameter front: the value of `site.front`, such as `{ drain: 1s }`.
    static func make(front: String? = nil, more: String = "") throws -> SiteProject {
        let project = try SiteProject("preview")
        try setFront(project, front, more: more)
        try writeApp(project, code: "first code")
        return project
    }

    static func setFront(_ project: SiteProject, _ front: String?, more: String = "") throws {
        let line = front.map { "  front: \($0)\n" } ?? ""
        try project.write(
            "pipeline/environments/preview.yaml",
            project.environmentText(
                kind: "preview", extra: "  command: python3 app.py\n" + line + more
            ).replacing("steady_for: 3s", with: "steady_for: 0s"))
    }

    static func writeApp(_ project: SiteProject, code: String, start: String = "") throws {
        try project.write(
            "site/app.py",
            """
            import hashlib, base64, http.server, json, os, sys, time
            \(start)
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def log_message(self, *_): pass
                def answer(self, body):
                    body = body.encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def do_POST(self):
                    left = int(self.headers["Content-Length"])
                    self.answer(str(len(self.rfile.read(left))))
                def do_GET(self):
                    if self.headers.get("Upgrade"): return self.echo()
                    if self.path == "/health":
                        return self.answer(json.dumps({
                            "release": int(os.environ["PIPELINE_RELEASE"]),
                            "manifest": os.environ["PIPELINE_MANIFEST"]}))
                    if self.path == "/headers": return self.answer(json.dumps(dict(self.headers)))
                    if self.path == "/env": return self.answer(json.dumps(dict(os.environ)))
                    if self.path.startswith("/slow/"):
                        self.send_response(200)
                        self.send_header("Content-Length", "10")
                        self.send_header("X-Accel-Buffering", "no")
                        self.end_headers()
                        self.wfile.write(b"begun")
                        time.sleep(float(self.path[6:]))
                        return self.wfile.write(b"ended")
                    self.answer("code: \(code)")
                def echo(self):
                    self.send_response(101)
                    self.send_header("Upgrade", "websocket")
                    self.send_header("Connection", "Upgrade")
                    self.end_headers()
                    self.wfile.write(b"echo " + self.rfile.readline())
                    self.close_connection = True
            server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
            server.serve_forever()

            """)
    }

    static func deploy(_ project: SiteProject) throws -> ProcessOutput {
        try project.pipeline("run", "deploy", "-e", "preview")
    }

    static func live(front: String? = nil, more: String = "") throws -> SiteProject {
        let project = try make(front: front, more: more)
        let run = try deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        return project
    }

    /// The master of the front, by its title.
    static func master(_ project: SiteProject) throws -> Int32 {
        let found = try project.shell("pgrep -f '[n]ginx: master process .*\(project.root)'")
        return try #require(Int32(found.standardOutputText.prefix { $0.isNumber }))
    }
}
