import Docker
import Failures
import Posix
import Processes
import Testing

/// What a registry may answer instead of a digest: Python's server, told the status by the image's name.
@Suite struct RegistryAnswerTests {
    @Test(
        "a registry that refuses, is broken or tells no digest is reported as that",
        arguments: [
            (401, "registry-denied"), (403, "registry-denied"), (500, "registry-refused"),
            (200, "registry-no-digest"),
        ])
    func answers(_ status: Int, _ code: String) throws {
        let server = try ChildProcess(
            ProcessCommand(["python3", "-c", Self.program]), standardInput: .pipe,
            standardOutput: .pipe)
        defer {
            server.closeStandardInput()
            _ = server.wait()
        }
        let line = try Descriptors.read(try #require(server.standardOutput), upTo: 100)
        let port = String(decoding: line, as: UTF8.self).prefix { $0.isNumber }
        let image = try ImageReference("127.0.0.1:\(port)/s\(status):v1")
        let error = #expect(throws: RegistryError.self) { try RegistryClient().digest(of: image) }
        #expect(error?.failure.code == code)
    }

    // Ends with its input, and so also when the tests are killed.
    private static let program = """
        import http.server, sys, threading
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments): pass
            def do_HEAD(self):
                self.send_response(int(self.path.split('/')[2][1:]))
                self.send_header('Content-Length', '0')
                self.end_headers()
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """
}
