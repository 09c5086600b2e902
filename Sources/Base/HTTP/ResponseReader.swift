/// Reads what `curl --include` writes: the head of the answer, an empty line, the body.
enum ResponseReader {
    /// Nil when it does not begin with the head of an answer.
    static func response(from output: [UInt8]) -> HTTPResponse? {
        var rest = output[...]
        while let (lines, body) = head(of: rest) {
            guard let status = status(of: lines.first ?? "") else { return nil }
            // 1xx are answers before the answer (RFC 9110, section 15.2).
            if (100..<200).contains(status), status != 101 {
                rest = body
                continue
            }
            return HTTPResponse(
                status: status, headers: lines.dropFirst().compactMap(header), body: Array(body))
        }
        return nil
    }

    private static func head(
        of bytes: ArraySlice<UInt8>
    ) -> (lines: [String], body: ArraySlice<UInt8>)? {
        var lines: [String] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty { return (lines, rest) }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        return nil
    }

    private static func status(of line: String) -> Int? {
        let fields = line.split(separator: " ", maxSplits: 2)
        guard fields.count > 1, fields[0].hasPrefix("HTTP/") else { return nil }
        return Int(fields[1])
    }

    private static func header(_ line: String) -> HTTPResponse.Header? {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var value = parts[1].drop(while: blank)
        while let last = value.last, blank(last) { value.removeLast() }
        return .init(String(parts[0]), String(value))
    }
}
