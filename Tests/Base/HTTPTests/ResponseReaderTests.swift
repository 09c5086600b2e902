import Testing

@testable import HTTP

@Suite struct ResponseReaderTests {
    @Test func readsHeadAndBody() throws {
        let text =
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Empty:\r\n\r\na\r\n\r\nb"
        let response = try #require(ResponseReader.response(from: Array(text.utf8)))
        #expect(response.status == 404)
        #expect(response.header("content-TYPE") == "text/plain")
        #expect(response.header("x-empty") == "")
        #expect(response.header("none") == nil)
        #expect(response.text == "a\r\n\r\nb")
    }

    @Test func passesOverAnswersBeforeTheAnswer() {
        let text = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/2 200 \r\nA: b\r\n\r\n"
        #expect(
            ResponseReader.response(from: Array(text.utf8))
                == HTTPResponse(status: 200, headers: [.init("A", "b")]))
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nA: b\r\n", "garbage\n\n", "HTTP/1.1 x\n\n"])
    func isNilForWhatIsNoAnswer(_ text: String) {
        #expect(ResponseReader.response(from: Array(text.utf8)) == nil)
    }

    @Test func errorsDoNotTellWhatMayBeSecret() {
        let error = HTTPError(.refused, url: "https://me:canary@example.org/path?key=canary#canary")
        #expect(error.place == "https://example.org/path")
        #expect(!error.description.contains("canary"))
    }
}
