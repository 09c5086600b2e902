import CPosix
import Glibc

/// Open descriptors by number. The one who holds the number closes it.
package enum Descriptors {
    /// A pipe whose two ends are not inherited by other programs.
    package static func pipe() throws(PosixError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        _ = try systemCall("pipe") { cposix_pipe(&ends) }
        return (ends[0], ends[1])
    }

    package static func open(
        _ path: String, _ access: Access, mode: UInt32 = 0o644
    ) throws(PosixError) -> Int32 {
        try FileSystem.open(path, access.flags, mode: mode)
    }

    /// How a file is opened; those for writing make it when it is missing.
    package enum Access: Sendable {
        case read, append, replace

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .append: O_WRONLY | O_CREAT | O_APPEND
            case .replace: O_WRONLY | O_CREAT | O_TRUNC
            }
        }
    }

    package static func close(_ descriptor: Int32) {
        // Not repeated after EINTR: on Linux the descriptor is gone in any case (close(2)).
        _ = Glibc.close(descriptor)
    }

    package static func setNonBlocking(_ descriptor: Int32) throws(PosixError) {
        _ = try systemCall("fcntl") { cposix_set_nonblocking(descriptor) }
    }

    /// Lets a pipe hold so many bytes, where the system allows it (fcntl(2), F_SETPIPE_SZ).
    package static func enlargePipe(_ descriptor: Int32, to bytes: Int32) {
        _ = cposix_enlarge_pipe(descriptor, bytes)
    }

    /// What is there to read, at most `limit` bytes; empty at the end of the file. A non-blocking
    /// descriptor with nothing to read is the error `EAGAIN`.
    package static func read(
        _ descriptor: Int32, upTo limit: Int, path: String? = nil
    ) throws(PosixError) -> [UInt8] {
        guard limit > 0 else { return [] }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while true {
                let count = Glibc.read(descriptor, buffer.baseAddress, limit)
                if count >= 0 {
                    filled = count
                    return
                }
                if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        if code != 0 { throw PosixError(call: "read", path: path, code: code) }
        return bytes
    }

    /// Fills the buffer with what is there to read.
    ///
    /// - Returns: how many bytes that was; 0 at the end of the file.
    package static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String? = nil
    ) throws(PosixError) -> Int {
        try systemCall("read", path) { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    }

    /// Writes all the bytes, waiting where a non-blocking descriptor is full. A pipe that nobody reads
    /// any more is the error `EPIPE`.
    package static func write(
        _ bytes: some Collection<UInt8>, to descriptor: Int32, path: String? = nil
    ) throws(PosixError) {
        Signals.ignoreBrokenPipes()
        let code =
            bytes.withContiguousStorageIfAvailable { writeAll($0, to: descriptor) }
            ?? Array(bytes).withUnsafeBufferPointer { writeAll($0, to: descriptor) }
        if code != 0 { throw PosixError(call: "write", path: path, code: code) }
    }

    /// Writes what a non-blocking descriptor takes now; 0 when it is full.
    package static func writeSome(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32
    ) throws(PosixError) -> Int {
        Signals.ignoreBrokenPipes()
        do {
            return try systemCall("write") {
                bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
        } catch  where error.code == EAGAIN {
            return 0
        }
    }

    /// Lets the system begin to write what was written to the disk, so that a later synchronisation waits for less. Only advice: that it
    /// fails changes nothing.
    package static func beginWritingBack(_ descriptor: Int32) {
        _ = cposix_begin_writing_back(descriptor)
    }

    private static func writeAll(
        _ buffer: UnsafeBufferPointer<UInt8>, to descriptor: Int32
    ) -> Int32 {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[done...])
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&interest, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
