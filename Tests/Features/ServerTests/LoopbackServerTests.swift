import Dispatch
import Posix
import Processes
import Synchronization
import Testing

@testable import LocalHTTPServer

struct LoopbackServerTests {
    private func server() throws -> LoopbackServer {
        try LoopbackServer(port: 0) { request in
            request.path == "/"
                ? WebAnswer(.ok, type: "text/plain", body: "here", tag: "\"1\"")
                : WebAnswer(.notFound, "nothing")
        }
    }

    private func answer(_ server: LoopbackServer, _ lines: String...) -> WebAnswer {
        server.respond(Array(lines.joined(separator: "\r\n").utf8)[...])
    }

    @Test("GET for this server is answered; another host, another method and garbage are not")
    func turnsAway() throws {
        let server = try server()
        let own = "Host: 127.0.0.1:\(server.port)"
        #expect(answer(server, "GET / HTTP/1.1", own).status == .ok)
        #expect(answer(server, "GET /?a=b HTTP/1.1", "host:localhost:\(server.port)").status == .ok)
        #expect(answer(server, "GET /x HTTP/1.1", own).status == .notFound)
        #expect(answer(server, "GET / HTTP/1.1").status == .misdirected)
        #expect(answer(server, "GET / HTTP/1.1", "Host: evil.example").status == .misdirected)
        #expect(answer(server, "GET / HTTP/1.1", "Host: 127.0.0.1").status == .misdirected)
        #expect(answer(server, "GET / HTTP/1.1", own, "Host: evil").status == .badRequest)
        for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"] {
            #expect(answer(server, "\(method) / HTTP/1.1", own).status == .notAllowed)
        }
        for line in ["", "GET", "GET / FTP/1", "GET http://x/ HTTP/1.1", "GET  / HTTP/1.1"] {
            #expect(answer(server, line, own).status == .badRequest, "\(line)")
        }
    }

    @Test("an answer has its length, its type and what keeps others from reading it")
    func wire() throws {
        let text = String(
            decoding: WebAnswer(.ok, type: "text/plain", body: "ü", tag: "\"t\"").bytes,
            as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("\r\n\r\nü"))
        for field in [
            "Content-Length: 2", "Connection: close", "ETag: \"t\"",
            "Cross-Origin-Resource-Policy: same-origin", "X-Content-Type-Options: nosniff",
        ] { #expect(text.contains("\r\n\(field)\r\n"), "\(field)") }
        let none = String(
            decoding: WebAnswer(.notModified, type: "a/b", body: "x").bytes, as: UTF8.self)
        #expect(none.hasSuffix("\r\n\r\n"))
        #expect(!none.contains("Content-Length"))
    }

    @Test("it serves over the wire beside a connection that says nothing, and ends on request")
    func serves() throws {
        let server = try server()
        // The first connection is left open in silence, as browsers do.
        let command = ProcessCommand([
            "bash", "-c",
            "exec 3<>/dev/tcp/127.0.0.1/\(server.port) && curl -sS -m 60 -i \(server.address) && "
                + "curl -sS -m 60 -o /dev/null -w ' %{http_code}' -X POST \(server.address)",
        ])
        let stop = Cancellation()
        let output = Mutex("")
        DispatchQueue.global().async { @Sendable in
            let text = (try? ProcessRunner.run(command, timeout: 120))?.standardOutputText
            output.withLock { $0 = text ?? "" }
            stop.cancel()
        }
        try server.serve(until: stop.descriptor)
        let text = output.withLock { $0 }
        #expect(text.hasPrefix("HTTP/1.1 200 OK"))
        #expect(text.hasSuffix("here 405"))
    }

    @Test("nobody but this machine is listened to")
    func loopbackAlone() throws {
        let server = try server()
        let port = String(server.port, radix: 16, uppercase: true)
        let table = try FileSystem.readText("/proc/net/tcp")
        let listening = table.split(separator: "\n").filter {
            $0.contains(
                ":" + String(repeating: "0", count: 4 - port.count) + port + " 00000000:0000 0A")
        }
        // proc_net_tcp shows addresses as words of the machine: 127.0.0.1.
        #expect(listening.count == 1)
        #expect(listening.allSatisfy { $0.contains("0100007F:") })
    }
}
