import CZlib

/// Decompresses gzip (RFC 1952), or the plain deflate (RFC 1951) of a zip archive, as it is read.
final class InflateSource: ByteSource {
    private let source: any ByteSource
    /// zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    private var isOver = false
    private let isGzip: Bool

    /// - Throws: `ArchiveFailure` where zlib has no memory.
    init(_ source: any ByteSource, isGzip: Bool) throws {
        (self.source, self.isGzip) = (source, isGzip)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // zlib.h: 16 more for the gzip format, negative for none.
        guard czlib_start(stream, isGzip ? 15 + 16 : -15) == Z_OK else {
            throw ArchiveFailure("out of memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func next(_ limit: Int) throws -> [UInt8] {
        while !isOver {
            if position >= input.count {
                (input, position) = (try source.next(1 << 18), 0)
                guard !input.isEmpty else { throw ArchiveFailure("it is cut") }
            }
            let room = min(max(limit, 1), 1 << 18)
            var (status, made, left) = (Z_OK, 0, 0)
            let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
                input.withUnsafeMutableBufferPointer { input in
                    stream.pointee.next_in = input.baseAddress.map { $0 + position }
                    stream.pointee.avail_in = UInt32(input.count - position)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    status = inflate(stream, Z_NO_FLUSH)
                    made = room - Int(stream.pointee.avail_out)
                    left = Int(stream.pointee.avail_in)
                }
                count = made
            }
            position = input.count - left
            switch status {
            case Z_STREAM_END: isOver = try !hasMore()
            case Z_OK, Z_BUF_ERROR: break
            default: throw ArchiveFailure("it is damaged")
            }
            if made > 0 { return output }
        }
        return []
    }

    /// Several gzip members may follow each other; other bytes behind the last one are padding.
    private func hasMore() throws -> Bool {
        guard isGzip else { return false }
        if position >= input.count { (input, position) = (try source.next(1 << 18), 0) }
        if input.count - position < 2 {
            input = Array(input[position...]) + (try source.next(1 << 18))
            position = 0
        }
        guard input.count - position >= 2, input[position] == 0x1F, input[position + 1] == 0x8B
        else {
            return false
        }
        return inflateReset(stream) == Z_OK
    }
}

/// Why an archive could not be looked into.
struct ArchiveFailure: Error {
    let detail: String
    init(_ detail: String) { self.detail = detail }
}
