import HTTP
import JSON
import PipelineModel
import Posix
import Processes
import Texts

/// The request that makes a site read its data again, and the watch over the job that it begins.
struct ReloadCall {
    let place: ReloadConfig
    let request: ReloadConfig.Request
    /// Where the site answers, with a slash at its end; nil where nobody can ask it.
    let address: String?
    let cancel: Cancellation?
    let note: (String) -> Void

    func run() throws {
        let url = try absolute(request.url)
        var sent = HTTPRequest(
            HTTPRequest.Method(rawValue: request.method.rawValue) ?? .post, url,
            headers: try headers(url), timeout: 120)
        sent.body = request.body
        let answer = try HTTPClient().send(sent, cancel: cancel)
        guard (200..<300).contains(answer.status) else {
            throw ReloadError.refused(
                url: HTTPRequest.shown(url), status: answer.status, text: Self.short(answer))
        }
        guard let poll = place.poll else {
            return note("reload: \(HTTPRequest.shown(url)) answered \(answer.status)")
        }
        try follow(poll, try absolute(Self.filled(poll.url, from: answer)))
    }

    /// Asks until the job says that it has ended. A question without a good answer is asked again: what
    /// reloads may restart.
    private func follow(_ poll: ReloadConfig.Poll, _ url: String) throws {
        let began = MonotonicClock.nanoseconds()
        var last = "nothing"
        while true {
            last = try ask(poll, url, last) ?? last
            if poll.succeeded.contains(last) { return }
            let seconds = Double(MonotonicClock.nanoseconds() - began) / 1e9
            if seconds > poll.within {
                throw ReloadError.overdue(
                    url: HTTPRequest.shown(url), seconds: Int(seconds), state: last)
            }
            _ = try Posix.Poll.wait(
                [(cancel?.descriptor ?? -1, .readable)], timeoutMs: Int(poll.every * 1000))
            if cancel?.isCancelled == true { throw ProcessError.interrupted }
        }
    }

    /// The state that the job is in; nil where no good answer came.
    private func ask(_ poll: ReloadConfig.Poll, _ url: String, _ last: String) throws -> String? {
        let request = HTTPRequest(.get, url, headers: try headers(url), timeout: 30)
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try HTTPClient().send(request, cancel: cancel)
        } catch { return nil }
        guard answer.status == 200,
            let found = try? JSONValue(parsing: answer.body),  // try?: it is asked again
            let state = found.member(poll.member)?.scalar
        else { return nil }
        if state != last { note("reload: \(state)") }
        if poll.failed.contains(state) {
            throw ReloadError.failed(state: state, text: Self.short(answer))
        }
        return state
    }

    private func absolute(_ url: String) throws -> String {
        if url.contains("://") { return url }
        guard let address else { throw ReloadError.noAddress(url) }
        return address + url.drop { $0 == "/" }
    }

    /// Secrets go nowhere where others could read them on the way.
    private func headers(_ url: String) throws -> [HTTPResponse.Header] {
        var headers = request.headers
        if request.body != nil, !headers.keys.contains(where: { $0.lowercased() == "content-type" })
        {
            headers["Content-Type"] = "application/json"
        }
        for (name, variable) in request.secretHeaders {
            guard url.hasPrefix("https://") || HTTPRequest(.get, url).isLoopback else {
                throw ReloadError.openSecret(url: HTTPRequest.shown(url), header: name)
            }
            guard let value = Environment.value(variable), !value.isEmpty else {
                throw ReloadError.noSecret(header: name, variable: variable)
            }
            headers[name] = value
        }
        return headers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    }

    /// Fills `{member}` with what the request answered.
    static func filled(_ template: String, from answer: HTTPResponse) throws -> String {
        guard template.contains("{") else { return template }
        let found = try? JSONValue(parsing: answer.body)  // try?: it has no members, see below
        var url = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let end = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<end])
            guard let value = found?.member(name)?.scalar else {
                throw ReloadError.noMember(template: template, text: short(answer))
            }
            url += rest[..<open] + percentEncoded(value)
            rest = rest[rest.index(after: end)...]
        }
        return url + rest
    }

    /// RFC 3986: what is not unreserved is encoded.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Character(UnicodeScalar(byte))
            if byte < 0x80, scalar.isLetter || scalar.isNumber || "-._~".contains(scalar) {
                return String(scalar)
            }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func short(_ answer: HTTPResponse) -> String {
        String(answer.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
    }
}

extension JSONValue {
    /// A member by its path, dots between names.
    fileprivate func member(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(self)) { found, name in found?[String(name)] }
    }

    /// Text or number as text.
    fileprivate var scalar: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
