import DeployTargets
import Posix
import Processes
import SiteRuntime
import Testing

/// Watching a site that answers as it is instructed to.
struct HealthWatchTests {
    /// A server of python3 whose answers are a program: `answer(number)` gives status and JSON.
    private final class Server {
        let process: ChildProcess
        let port: Int

        init(_ answer: String) throws {
            process = try ChildProcess(
                ProcessCommand([
                    "python3", "-c",
                    """
                    import http.server, itertools, json
                    count = itertools.count(1)
                    class Handler(http.server.BaseHTTPRequestHandler):
                        def log_message(self, *_): pass
                        def do_GET(self):
                            number = next(count)
                            status, body = (\(answer))
                            body = json.dumps(body).encode()
                            self.send_response(status)
                            self.send_header("Content-Length", str(len(body)))
                            self.end_headers()
                            self.wfile.write(body)
                    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
                    print(server.server_address[1], flush=True)
                    server.serve_forever()
                    """,
                ]), standardOutput: .pipe, standardError: .null)
            let line = try Descriptors.read(process.standardOutput ?? -1, upTo: 100)
            port = try #require(
                Int(String(decoding: line, as: UTF8.self).prefix { $0.isNumber }))
        }

        deinit { process.terminate(grace: 0) }
    }

    private static let good = "200, {'release': '7', 'manifest': 'm'}"

    private func watch(
        _ server: Server, within: Double = 20, ended: @escaping () throws -> String? = { nil }
    ) -> HealthWatch {
        HealthWatch(
            url: "http://127.0.0.1:\(server.port)/health", release: 7, manifest: "m", successes: 3,
            steadyFor: 0.2, within: within, cancel: nil,
            // The server lives as long as it is watched.
            ended: { try withExtendedLifetime(server) { try ended() } })
    }

    private func complaint(_ watch: HealthWatch) -> String {
        do {
            try watch.wait()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func aSiteThatIsWell() throws {
        #expect(complaint(watch(try Server(Self.good))) == "")
    }

    @Test func oneThatNeedsSomeTries() throws {
        let server = try Server("(500, {}) if number < 4 else (\(Self.good))")
        #expect(complaint(watch(server)) == "")
    }

    @Test(
        "one that never becomes well says why",
        arguments: [
            ("200, {'release': '6', 'manifest': 'm'}", "release 6 answers instead"),
            ("200, {'release': '7', 'manifest': 'x'}", "the data of another release"),
            ("500, {}", "status 500"),
            ("503, {'release': '7', 'problems': ['a pickle']}", "the site says: a pickle"),
        ])
    func unwell(answer: String, expected: String) throws {
        let found = complaint(watch(try Server(answer), within: 0.5))
        #expect(found.contains(expected), "\(found)")
    }

    @Test(
        "each member is read by itself, and told as it was answered",
        arguments: [
            ("200, {'release': 6, 'manifest': 'm'}", "release 6 answers instead, expected"),
            ("200, {'release': 7.5, 'manifest': 'm'}", "release 7.5 answers instead, expected"),
            ("200, {'release': True, 'manifest': 'm'}", "has true as \"release\", expected"),
            ("200, {'release': [7], 'manifest': 'm'}", "has a list as \"release\", expected"),
            ("200, {'release': {}, 'manifest': 'm'}", "has an object as \"release\", expected"),
            ("200, {'release': None, 'manifest': 'm'}", "has null as \"release\", expected"),
            ("200, {'manifest': 'm'}", "has no \"release\", expected \"release\": \"7\""),
            ("200, {'release': 7}", "has no \"manifest\", expected \"manifest\": \"m\""),
            ("200, {'release': 7, 'manifest': 5}", "the number 5 as \"manifest\""),
            ("200, 'well'", "status 200 and \"\"well\"\", expected a JSON object"),
            ("503, {'release': 7, 'problems': 'a pickle'}", "the site says: a pickle"),
            ("503, {'release': [], 'problems': ['a pickle']}", "the site says: a pickle"),
            ("503, {'release': 7, 'problems': [1]}", "problems: a list, expected a list of texts"),
        ])
    func members(answer: String, expected: String) throws {
        let found = complaint(watch(try Server(answer), within: 0.5))
        #expect(found.contains(expected), "\(found)")
        #expect(!found.contains("another release") || expected.contains("another release"))
    }

    @Test("a number that is the release counts as it")
    func number() throws {
        #expect(complaint(watch(try Server("200, {'release': 7, 'manifest': 'm'}"))) == "")
    }

    @Test(
        "an answer without a release is reported at once, with the line to write",
        arguments: ["200, {'status': 'ok'}", "200, 'well'"])
    func silent(answer: String) throws {
        var watch = watch(try Server(answer), within: 600)
        watch.definedAt = ("/health", "local.yaml")
        let found = complaint(watch)
        #expect(found.contains("does not name the release that it runs"), "\(found)")
        #expect(
            found.contains(
                "write under \"site\" in local.yaml: health: { path: /health, identity: none }"),
            "\(found)")
        watch.identity = .optional
        #expect(complaint(watch) == "", "something else made sure of the release")
        watch.identity = .none
        #expect(complaint(watch) == "")
    }

    @Test("where no release is expected, none of the answer is read, and the status counts")
    func statusAlone() throws {
        var watch = watch(try Server("200, {'release': '6', 'problems': ['a pickle']}"))
        watch.identity = .none
        #expect(complaint(watch) == "")
        watch = self.watch(try Server("500, {}"), within: 0.5)
        watch.identity = .none
        #expect(complaint(watch) == "it answers with status 500, expected 200")
    }

    @Test("a page that is not there is reported before the time is over")
    func missing() throws {
        var watch = watch(try Server("404, {}"), within: 600)
        watch.definedAt = ("/health", "local.yaml")
        let found = complaint(watch)
        #expect(found.contains("has no page /health"), "\(found)")
        #expect(found.contains("health: { path: /, identity: none }"), "\(found)")
    }

    @Test("a site without a release counts while nobody else answers at its port")
    func holders() throws {
        var watch = watch(try Server("200, {}"), within: 0.5)
        watch.identity = .none
        watch.holder = { .instance }
        #expect(complaint(watch) == "")
        watch.holder = { .other("nginx (process 7)") }
        #expect(
            complaint(watch)
                == "nginx (process 7) answers at its port, not the site that was started")
        watch.holder = { .nobody }
        #expect(complaint(watch) == "the site that was started does not answer at its port")
    }

    @Test func oneThatHasEnded() throws {
        let found = complaint(watch(try Server("500, {}")) { "it ended with exit code 3" })
        #expect(found == "it ended with exit code 3")
    }

    @Test func nobodyAnswers() throws {
        let server = try Server(Self.good)
        server.process.terminate(grace: 0)
        #expect(complaint(watch(server, within: 0.5)).contains("nothing answers"))
    }

    @Test func interrupted() throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        var watch = watch(try Server("500, {}"))
        watch.cancel = cancellation
        #expect(throws: ProcessError.interrupted) { try watch.wait() }
    }
}
