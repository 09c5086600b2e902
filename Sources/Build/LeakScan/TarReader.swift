/// A stream of bytes that is read once, from its start.
protocol ByteSource: AnyObject {
    /// The next bytes, at most so many; empty at the end.
    func next(_ limit: Int) throws -> [UInt8]
}

/// The files of a tar archive, one after the other, as a stream. What is damaged or cut is an error: what
/// was not read to its end is not known.
final class TarReader: ByteSource {
    private let source: any ByteSource
    private var buffer: [UInt8] = []
    private var position = 0
    /// Of the file that is open: bytes left, and padding behind it.
    private var left: Int64 = 0
    private var padding = 0
    private(set) var isAtEnd = false

    init(_ source: any ByteSource) { self.source = source }

    struct File {
        let path: String
        let bytes: Int64
        /// Regular; all else has no content of its own.
        let isFile: Bool
        /// One more name of a file that came before.
        let isHardLink: Bool
    }

    /// The next file; nil at the end of the archive. What is left of the last one is passed over.
    func nextFile() throws -> File? {
        try skip()
        var path: String?
        while true {
            let block = try take(TarHeader.size)
            if block.allSatisfy({ $0 == 0 }) {
                isAtEnd = true
                // The rest is more zeros.
                while try !fill(1 << 16).isEmpty { position = buffer.count }
                return nil
            }
            guard let header = block.withUnsafeBytes({ TarHeader($0) }) else {
                throw LeakError.damaged("a header of an archive is wrong")
            }
            left = header.bytes
            padding = Int((512 - header.bytes % 512) % 512)
            switch header.kind {
            case UInt8(ascii: "x"):
                path = try Self.paxPath(try content(of: header)) ?? path
            case UInt8(ascii: "g"): _ = try content(of: header)
            case UInt8(ascii: "L"):
                path = String(
                    decoding: try content(of: header).prefix { $0 != 0 }, as: UTF8.self)
            case UInt8(ascii: "K"): _ = try content(of: header)
            default:
                let regular = [0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S")]
                return File(
                    path: path ?? header.name, bytes: header.bytes,
                    isFile: regular.contains(header.kind),
                    isHardLink: header.kind == UInt8(ascii: "1"))
            }
        }
    }

    /// Content of the open file.
    func next(_ limit: Int) throws -> [UInt8] {
        guard left > 0 else { return [] }
        let chunk = try fill(Int(min(Int64(limit), left)))
        guard !chunk.isEmpty else { throw LeakError.damaged("an archive ends in a file") }
        let count = min(chunk.count, Int(min(Int64(limit), left)))
        position += count
        left -= Int64(count)
        return Array(chunk.prefix(count))
    }

    private func skip() throws {
        while try !next(1 << 20).isEmpty {}
        if padding > 0 { _ = try take(padding) }
        padding = 0
    }

    private func content(of header: TarHeader) throws -> [UInt8] {
        guard header.bytes < 1 << 20 else { throw LeakError.damaged("a name is too long") }
        let bytes = try take(Int(header.bytes))
        left = 0
        if padding > 0 { _ = try take(padding) }
        padding = 0
        return bytes
    }

    private func take(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let chunk = try fill(count - bytes.count)
            guard !chunk.isEmpty else { throw LeakError.damaged("an archive is cut") }
            let some = chunk.prefix(count - bytes.count)
            bytes += some
            position += some.count
        }
        return bytes
    }

    /// What is in the buffer, filled from the source if that is nothing.
    private func fill(_ wanted: Int) throws -> ArraySlice<UInt8> {
        if position >= buffer.count {
            buffer = try source.next(1 << 20)
            position = 0
        }
        return buffer[position...].prefix(max(wanted, 0))
    }

    /// Records are "LENGTH KEY=VALUE\n".
    private static func paxPath(_ bytes: [UInt8]) throws -> String? {
        var rest = bytes[...]
        var path: String?
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 0x20 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 1, length <= rest.count
            else { throw LeakError.damaged("a pax header is wrong") }
            let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
            if record.starts(with: Array("path=".utf8)) {
                path = String(decoding: record.dropFirst(5), as: UTF8.self)
            }
            rest = rest.dropFirst(length)
        }
        return path
    }
}
