import Glibc
import Posix

/// Hashes files one after the other with one buffer, which is what a thread keeps.
struct FileHasher: ~Copyable {
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 1 << 20, alignment: 4096)
    private var hasher = Hasher256()

    deinit { buffer.deallocate() }

    /// Ends with ECANCELED when `isCancelled` answers true; it is asked once per buffer.
    mutating func hash(
        _ path: String, isCancelled: () -> Bool
    ) throws(PosixError) -> FileDigest {
        // Without O_NONBLOCK, opening a pipe waits for a writer. Regular files do not mind it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw PosixError(call: "open", path: path, code: errno) }
        defer { close(descriptor) }
        let size = try regularSize(descriptor, path: path)
        if size > buffer.count {
            // Only advice: doubles the read-ahead, and its failure changes nothing.
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        }
        do {
            let bytes = try feed(descriptor, size: size, path: path, isCancelled: isCancelled)
            return FileDigest(digest: hasher.finish(), bytes: bytes)
        } catch {
            // What came of this file must not be in the digest of the next one.
            _ = hasher.finish()
            throw error
        }
    }

    /// - Parameter size: where the end was when the file was opened; 0 where that says nothing (proc(5)).
    private mutating func feed(
        _ descriptor: Int32, size: Int64, path: String, isCancelled: () -> Bool
    ) throws(PosixError) -> Int64 {
        var bytes: Int64 = 0
        while true {
            guard !isCancelled() else {
                throw PosixError(call: "read", path: path, code: ECANCELED)
            }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw PosixError(call: "read", path: path, code: errno)
            }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            bytes += Int64(count)
            // Small files are read by one call, without another that only tells that this was the end.
            if bytes == size { return bytes }
        }
    }

    private func regularSize(_ descriptor: Int32, path: String) throws(PosixError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw PosixError(call: "fstat", path: path, code: errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int64(status.st_size)
        case S_IFDIR: throw PosixError(call: "read", path: path, code: EISDIR)
        default: throw PosixError(call: "read", path: path, code: EINVAL)
        }
    }
}
