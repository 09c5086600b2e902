/// What a request is answered with.
package struct WebAnswer: Sendable, Hashable {
    package let status: Status
    package let type: String
    package let body: [UInt8]
    /// Names the state that the body shows (`ETag`); nil where it has no name.
    package let tag: String?

    package enum Status: Int, Sendable {
        case ok = 200
        case notModified = 304
        case badRequest = 400
        case notFound = 404
        case notAllowed = 405
        case misdirected = 421
        case tooLarge = 431
        case failed = 500

        var phrase: String {
            switch self {
            case .ok: "OK"
            case .notModified: "Not Modified"
            case .badRequest: "Bad Request"
            case .notFound: "Not Found"
            case .notAllowed: "Method Not Allowed"
            case .misdirected: "Misdirected Request"
            case .tooLarge: "Request Header Fields Too Large"
            case .failed: "Internal Server Error"
            }
        }
    }

    package init(_ status: Status, type: String, body: String, tag: String? = nil) {
        self.status = status
        self.type = type
        self.body = Array(body.utf8)
        self.tag = tag
    }

    package init(_ status: Status, _ text: String) {
        self.init(status, type: "text/plain; charset=utf-8", body: text + "\n")
    }

    /// As it goes over the wire. Every connection ends with its answer.
    var bytes: [UInt8] {
        var head = ["HTTP/1.1 \(status.rawValue) \(status.phrase)"]
        head += ["Content-Type: \(type)", "Connection: close", "Cache-Control: no-store"]
        if status != .notModified { head.append("Content-Length: \(body.count)") }
        if let tag { head.append("ETag: \(tag)") }
        if status == .notAllowed { head.append("Allow: GET") }
        head += [
            "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
            "Cross-Origin-Resource-Policy: same-origin", "X-Frame-Options: DENY",
        ]
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
            + (status == .notModified ? [] : body)
    }
}
