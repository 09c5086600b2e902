/// The head of a request of HTTP/1.1 (RFC 9112), as far as a server of pages needs it.
package struct WebRequest: Sendable, Hashable {
    package let method: String
    /// Without the query.
    package let path: String
    /// The host and port that the client believes it speaks to.
    package let host: String
    /// The state that the client has already (`If-None-Match`); nil for none.
    package let known: String?

    /// - Parameter head: the request's lines up to the empty one.
    /// - Returns: nil for what is no request.
    init?(head: some Collection<UInt8>) {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
            return nil
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            // Two hosts: a client that disagrees with itself.
            if fields.updateValue(String(value), forKey: name) != nil, name == "host" { return nil }
        }
        method = String(words[0])
        path = String(words[1].prefix { $0 != "?" })
        host = fields["host"] ?? ""
        known = fields["if-none-match"]
    }
}
