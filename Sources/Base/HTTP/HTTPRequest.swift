import Texts

/// A request.
package struct HTTPRequest: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case delete = "DELETE"
        case post = "POST"
        case put = "PUT"
    }

    package var method: Method
    package var url: String
    package var headers: [HTTPResponse.Header]
    /// Text that is sent with POST and PUT.
    package var body: String?
    /// Seconds for all of it.
    package var timeout: Double
    /// Bytes that the body may have.
    package var bodyLimit: Int

    package init(
        _ method: Method = .get, _ url: String, headers: [HTTPResponse.Header] = [],
        timeout: Double = 30, bodyLimit: Int = 16 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }

    /// Whether the host is this machine, by name or by number (RFC 6761, RFC 1122).
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// Whether a host, which may have a port, is this machine.
    package static func isLoopback(_ host: String) -> Bool {
        if host.hasPrefix("[::1]") { return true }
        let name = host.prefix { $0 != ":" }.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    private var host: String {
        guard let start = url.firstRange(of: "://")?.upperBound else { return "" }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.split(separator: "@").last ?? "")
    }

    /// An address for people: without user, query and fragment, which may be secret. Of one whose parts cannot be determined
    /// apart, since a secret in it holds a `/`, `?` or `#`, only the scheme is left.
    package static func shown(_ url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound else {
            return url.contains("@") ? "…" : String(url.prefix { $0 != "?" && $0 != "#" })
        }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let rest = url[authority.endIndex...]
        let bare = rest.prefix { $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else {
            // A name and a number alone can be a host before an "@" that comes later.
            return rest.contains("@") && authority.contains(":")
                ? url[..<start] + "…" : url[..<start] + String(authority) + String(bare)
        }
        return url[..<start] + String(authority[authority.index(after: at)...]) + String(bare)
    }

    /// The host, with its port, in an address that `shown` gave; nil where it has none.
    static func host(of shown: String) -> String? {
        guard let start = shown.firstRange(of: "://")?.upperBound else { return nil }
        let host = shown[start...].prefix { $0 != "/" }
        return host.isEmpty || host == "…" ? nil : String(host)
    }
}
