import Testing

@testable import HTTP

@Suite struct CurlCommandTests {
    @Test func keepsTheURLAndHeadersOutOfTheCommandLine() {
        let request = HTTPRequest(
            .head, "https://example.org/x?key=canary",
            headers: [.init("Authorization", #"Basic "canary"\"#)], timeout: 2.5, bodyLimit: 100)
        #expect(
            CurlCommand.arguments(for: request) == [
                "curl", "--disable", "--silent", "--show-error", "--include",
                "--suppress-connect-headers", "--globoff", "--proto", "=http,https", "--max-time",
                "2.5",
                "--connect-timeout", "2.5", "--max-filesize", "100", "--head", "--config", "-",
            ])
        #expect(
            CurlCommand.configuration(for: request) == #"""
                url = "https://example.org/x?key=canary"
                header = "Authorization: Basic \"canary\"\\"

                """#)
    }

    @Test(arguments: [
        ("http://127.0.0.1:80/", true), ("http://localhost/", true), ("http://[::1]:80/", true),
        ("http://user@LOCALHOST:1/", true), ("http://a.localhost/", true),
        ("http://127.0.0.1.example.org/", false), ("http://example.org/127.0.0.1", false),
        ("http://10.0.0.1/", false), ("http://127.1.example/", false),
    ])
    func proxiesAreNotAskedForThisMachine(_ url: String, _ isLoopback: Bool) {
        let request = HTTPRequest(.get, url)
        #expect(request.isLoopback == isLoopback)
        #expect(CurlCommand.arguments(for: request).contains("--noproxy") == isLoopback)
    }

    @Test(arguments: ["a\r\nX: b", "a\nb", "a\0b", "a\u{7F}"])
    func aLineBreakCannotSmuggleInAnotherHeader(_ value: String) {
        let smuggling = HTTPRequest(.get, "http://a/", headers: [.init("X", value)])
        #expect(CurlCommand.configuration(for: smuggling) == nil)
        #expect(CurlCommand.configuration(for: HTTPRequest(.get, "http://a/\(value)")) == nil)
    }
}
