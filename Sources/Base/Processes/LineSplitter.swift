/// Cuts a stream of bytes into lines, however it is chopped up on its way.
package struct LineSplitter: Sendable {
    private var pending: [UInt8] = []
    private let limit: Int
    /// Whether all bytes so far were UTF-8; what was not is replaced in the lines.
    package private(set) var isUTF8 = true

    /// A line of more than `limit` bytes comes in pieces of that size, so that memory is bounded.
    package init(limit: Int = 1 << 20) { self.limit = limit }

    /// The lines that these bytes complete, without their ends (LF or CR LF).
    package mutating func add(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end], &lines)
            if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
            lines.append(flush())
            rest = rest[(end + 1)...]
        }
        take(rest, &lines)
        return lines
    }

    /// The last line, when the stream did not end with the end of a line.
    package mutating func finish() -> String? { pending.isEmpty ? nil : flush() }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ lines: inout [String]) {
        var rest = bytes
        while pending.count + rest.count > limit {
            let piece = rest.prefix(limit - pending.count)
            pending += piece
            rest = rest.dropFirst(piece.count)
            lines.append(flush())
        }
        pending += rest
    }

    private mutating func flush() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        if let text = String(validating: pending, as: UTF8.self) { return text }
        isUTF8 = false
        return String(decoding: pending, as: UTF8.self)
    }
}
