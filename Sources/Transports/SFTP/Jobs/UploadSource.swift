import Digests
import Glibc
import Posix

/// Where the bytes of an upload come from, hashed on their way.
///
/// Each byte is hashed once, when it is first read; what must be sent again after a lost connection is
/// read again and not hashed again. That the file stayed as it was is seen by its stat key at the end.
package final class UploadSource {
    package enum Origin: Sendable {
        case file(String)
        case bytes([UInt8])
    }

    private let origin: Origin
    private let descriptor: Int32
    private let before: FileStatus?
    private var hasher = Hasher256()
    private var hashed: Int64 = 0
    private var digest: Digest?
    /// Bytes.
    let size: Int64
    /// Last change of the content, seconds since 1970.
    let modified: UInt32

    init(_ origin: Origin) throws(PosixError) {
        self.origin = origin
        switch origin {
        case .file(let path):
            descriptor = try Descriptors.open(path, .read)
            let status = try FileSystem.status(open: descriptor, path: path)
            before = status
            size = status.size
            modified = UInt32(clamping: status.modifiedNs / 1_000_000_000)
        case .bytes(let bytes):
            (descriptor, before) = (-1, nil)
            size = Int64(bytes.count)
            modified = UInt32(clamping: Timestamp.now().nanoseconds / 1_000_000_000)
        }
    }

    deinit { if descriptor >= 0 { Descriptors.close(descriptor) } }

    /// Reads exactly `buffer.count` bytes; false where the file has not so many any more.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Bool {
        switch origin {
        case .bytes(let bytes):
            buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
        case .file:
            var done = 0
            while done < buffer.count {
                let count = pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    off_t(offset) + off_t(done))
                if count == -1, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
        }
        let end = offset + Int64(buffer.count)
        if offset <= hashed, end > hashed {
            let start = Int(hashed - offset)
            hasher.update(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start...]))
            hashed = end
        }
        return true
    }

    /// Hashes what lies before `offset` and was never read here: it was sent by an earlier process.
    func catchUp(to offset: Int64) -> Bool {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while hashed < offset {
            let length = Int(min(Int64(piece.count), offset - hashed))
            guard read(UnsafeMutableRawBufferPointer(rebasing: piece[..<length]), at: hashed) else {
                return false
            }
        }
        return true
    }

    /// The digest of all that was read, once all was.
    func finish() -> Digest? {
        if digest == nil, hashed == size { digest = hasher.finish() }
        return digest
    }

    /// Whether the file is still the one that was opened, with nothing written to it since.
    var isUnchanged: Bool {
        guard case .file(let path) = origin, let before else { return true }
        let now = try? FileSystem.status(open: descriptor, path: path)  // try?: counts as changed
        guard let now else { return false }
        return now.size == before.size && now.modifiedNs == before.modifiedNs
    }
}
