import Failures
import HTTP
import Processes
import Testing

/// Requests to a real server: Python's, told what to answer by the path.
@Suite struct HTTPClientTests {
    let server: TestServer
    let client = HTTPClient()

    init() throws { server = try TestServer() }

    private func kind(of request: HTTPRequest) -> HTTPError.Kind? {
        do {
            _ = try client.send(request)
            return nil
        } catch { return error.kind }
    }

    @Test func sendsMethodAndHeadersAndReadsTheAnswer() throws {
        let request = HTTPRequest(
            .get, server.url("/echo"), headers: [.init("X-Test", "a \"b\" \\c")])
        let response = try client.send(request)
        #expect(response.status == 200)
        #expect(response.text == "GET a \"b\" \\c")
        let head = try client.send(HTTPRequest(.head, server.url("/echo")))
        #expect(head.header("X-Method") == "HEAD")
        #expect(head.body == [])
    }

    @Test func aBadStatusAndARedirectAreAnswers() throws {
        #expect(try client.send(HTTPRequest(.get, server.url("/status/503"))).status == 503)
        let redirect = try client.send(HTTPRequest(.get, server.url("/status/302")))
        #expect(redirect.status == 302)
        #expect(redirect.header("Location") == "/echo")
    }

    @Test func saysWhatWentWrong() throws {
        #expect(
            kind(of: HTTPRequest(.get, "http://127.0.0.1:\(try TestServer.freePort())/"))
                == .refused)
        #expect(kind(of: HTTPRequest(.get, "http://no-such-host.invalid/")) == .unresolved)
        #expect(kind(of: HTTPRequest(.get, "ftp://127.0.0.1/")) == .badURL)
        #expect(kind(of: HTTPRequest(.get, server.url("/hang"), timeout: 0.2)) == .timedOut)
        #expect(kind(of: HTTPRequest(.get, server.url("/drop"))) == .connectionLost)
        #expect(
            kind(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", timeout: 5)) == .tls)
        #expect(kind(of: HTTPRequest(.get, server.url("/large"), bodyLimit: 1000)) == .tooLarge)
        #expect(kind(of: HTTPRequest(.get, server.url("/endless"), bodyLimit: 1000)) == .tooLarge)
    }

    @Test func whatIsNoAnswerIsToldInTheWordsOfCurl() throws {
        let error = #expect(throws: HTTPError.self) {
            try client.send(HTTPRequest(.get, server.url("/weird")))
        }
        #expect(error?.failure.code == "request-failed")
        #expect(error?.detail.isEmpty == false)
    }

    @Test func aCancelledRequestEnds() throws {
        let cancel = Cancellation()
        cancel.cancel()
        #expect(throws: HTTPError(.interrupted, url: server.url("/hang"), detail: "interrupted")) {
            try client.send(HTTPRequest(.get, server.url("/hang")), cancel: cancel)
        }
    }
}
