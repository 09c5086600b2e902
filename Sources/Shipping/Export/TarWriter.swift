import Digests
import Posix

/// Writes a tar archive to a descriptor: ustar, with pax headers for long names and large files
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html). Owners are left out: equal content gives equal bytes.
struct TarWriter {
    let descriptor: Int32
    /// Of every entry, in seconds since 1970-01-01 UTC.
    let time: Int64

    private static let blockSize = 512
    /// What eleven octal digits hold.
    private static let largest: Int64 = 1 << 33 - 1

    func add(_ path: String, text: String, isExecutable: Bool = false) throws(PosixError) {
        let bytes = Array(text.utf8)
        try header(path, size: Int64(bytes.count), kind: "0", mode: isExecutable ? 0o755 : 0o644)
        try write(bytes)
        try pad(after: Int64(bytes.count))
    }

    /// - Returns: the digest of what was added.
    /// - Throws: also where the file does not have the size that it had when it was opened.
    func add(_ path: String, file: String, isExecutable: Bool = false) throws -> Digest {
        let source = try Descriptors.open(file, .read)
        defer { Descriptors.close(source) }
        guard let size = try FileSystem.status(file)?.size else {
            throw ShippingError.contentLost(path: file)
        }
        try header(path, size: size, kind: "0", mode: isExecutable ? 0o755 : 0o644)
        var hasher = Hasher256()
        var left = size
        while left > 0 {
            let part = try Descriptors.read(source, upTo: Int(min(left, 1 << 20)), path: file)
            guard !part.isEmpty else { throw ShippingError.contentLost(path: file) }
            hasher.update(part)
            try write(part)
            left -= Int64(part.count)
        }
        try pad(after: size)
        return hasher.finish()
    }

    func add(_ path: String, linkTo target: String) throws(PosixError) {
        try header(path, size: 0, kind: "2", mode: 0o777, link: target)
    }

    /// Two empty blocks.
    func finish() throws(PosixError) { try write([UInt8](repeating: 0, count: 2 * Self.blockSize)) }

    private func write(_ bytes: [UInt8]) throws(PosixError) {
        try Descriptors.write(bytes, to: descriptor)
    }

    private func pad(after size: Int64) throws(PosixError) {
        let rest = Int(size % Int64(Self.blockSize))
        if rest > 0 { try write([UInt8](repeating: 0, count: Self.blockSize - rest)) }
    }

    private func header(
        _ path: String, size: Int64, kind: Character, mode: Int64, link: String = ""
    ) throws(PosixError) {
        var records = ""
        if path.utf8.count > 100 { records += Self.record("path", path) }
        if link.utf8.count > 100 { records += Self.record("linkpath", link) }
        if size > Self.largest { records += Self.record("size", String(size)) }
        if !records.isEmpty {
            let bytes = Array(records.utf8)
            try write(
                Self.block(
                    "PaxHeader", size: Int64(bytes.count), kind: "x", mode: 0o644, link: "", time))
            try write(bytes)
            try pad(after: Int64(bytes.count))
        }
        try write(
            Self.block(
                path, size: min(size, Self.largest), kind: kind, mode: mode, link: link, time))
    }

    /// `LENGTH NAME=VALUE`, where the length counts itself.
    private static func record(_ name: String, _ value: String) -> String {
        let rest = " \(name)=\(value)\n"
        var length = rest.utf8.count
        while String(length).utf8.count + rest.utf8.count != length {
            length = String(length).utf8.count + rest.utf8.count
        }
        return "\(length)\(rest)"
    }

    private static func block(
        _ path: String, size: Int64, kind: Character, mode: Int64, link: String, _ time: Int64
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: String, at start: Int, _ width: Int) {
            for (place, byte) in text.utf8.prefix(width).enumerated() {
                block[start + place] = byte
            }
        }
        func put(_ number: Int64, at start: Int, digits: Int) {
            let octal = String(number, radix: 8)
            put(
                String(repeating: "0", count: max(0, digits - octal.utf8.count)) + octal, at: start,
                digits)
        }
        put(path, at: 0, 100)
        put(mode, at: 100, digits: 7)
        put(0, at: 108, digits: 7)
        put(0, at: 116, digits: 7)
        put(size, at: 124, digits: 11)
        put(time, at: 136, digits: 11)
        put(String(kind), at: 156, 1)
        put(link, at: 157, 100)
        put("ustar", at: 257, 5)
        put("00", at: 263, 2)
        // The sum counts its own field as spaces.
        let sum = block.reduce(Int64(8 * 0x20)) { $0 + Int64($1) }
        put(sum, at: 148, digits: 6)
        block[155] = 0x20
        return block
    }
}
