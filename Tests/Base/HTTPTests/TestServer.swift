import Posix
import Processes
import Testing

/// A web server of a test's own on a free port of loopback, stopped with the object.
final class TestServer: Sendable {
    let port: Int
    private let process: ChildProcess

    init() throws {
        let process = try ChildProcess(
            ProcessCommand(["python3", "-c", Self.program]), standardInput: .pipe,
            standardOutput: .pipe)
        // The line comes when the server listens.
        let line = try Descriptors.read(try #require(process.standardOutput), upTo: 100)
        let text = String(decoding: line, as: UTF8.self).prefix { $0.isNumber }
        port = try #require(Int(text))
        self.process = process
    }

    deinit { process.terminate(grace: 0) }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// A port at which nobody listens.
    static func freePort() throws -> Int {
        let output = try ProcessRunner.run(
            ProcessCommand([
                "python3", "-c",
                "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ]))
        return try #require(Int(output.standardOutputText.prefix { $0.isNumber }))
    }

    // Ends with its input, and so also when the tests are killed.
    private static let program = """
        import http.server, sys, threading
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments): pass
            def do_GET(self): self.answer()
            def do_HEAD(self): self.answer()
            def answer(self):
                kind = self.path.split('/')[1]
                if kind == 'hang': threading.Event().wait(60); return
                if kind == 'drop': self.connection.close(); return
                status = int(self.path.split('/')[2]) if kind == 'status' else 200
                body = (self.command + ' ' + self.headers.get('X-Test', '')).encode()
                if kind == 'large': body = b'x' * 10000
                self.send_response(status)
                self.send_header('X-Method', self.command)
                if status == 302: self.send_header('Location', '/echo')
                length = 'much' if kind == 'weird' else str(len(body))
                if kind != 'endless': self.send_header('Content-Length', length)
                self.end_headers()
                if self.command == 'GET': self.wfile.write(body)
                if kind == 'endless': self.wfile.write(b'x' * 5000000)
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """
}
