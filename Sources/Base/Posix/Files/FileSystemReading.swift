import CPosix
import Glibc

extension FileSystem {
    /// The whole content of a file. A file of more than `limit` bytes is the error `EFBIG`.
    package static func read(
        _ path: String, limit: Int = .max
    ) throws(PosixError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        var status = stat()
        _ = try systemCall("fstat", path) { fstat(descriptor, &status) }
        // Files of /proc say 0; the loop reads on until the end in any case.
        let expected = min(Int(status.st_size), limit)
        var bytes = try chunk(of: expected, from: descriptor, path)
        while true {
            let more = try chunk(of: 65_536, from: descriptor, path)
            if more.isEmpty { return bytes }
            bytes += more
            if bytes.count > limit { throw PosixError(call: "read", path: path, code: EFBIG) }
        }
    }

    /// The whole content of a file as text. Bytes that are not UTF-8 are the error `EILSEQ`.
    package static func readText(
        _ path: String, limit: Int = .max
    ) throws(PosixError) -> String {
        guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
            throw PosixError(call: "read", path: path, code: EILSEQ)
        }
        return text
    }

    /// The first bytes of a file, at most `limit`: where formats keep their magic numbers.
    package static func readHead(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        return try chunk(of: limit, from: descriptor, path)
    }

    /// What a file holds from a place on, at most `limit` bytes; nothing beyond its end.
    package static func read(
        _ path: String, from offset: Int64, limit: Int = 1 << 20
    ) throws(PosixError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        _ = try systemCall("lseek", path) { lseek(descriptor, Int(offset), SEEK_SET) }
        return try chunk(of: limit, from: descriptor, path)
    }

    /// The last bytes of a file, at most `limit`: the end of a log.
    package static func readTail(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        let end = try systemCall("lseek", path) { lseek(descriptor, 0, SEEK_END) }
        _ = try systemCall("lseek", path) { lseek(descriptor, max(0, end - limit), SEEK_SET) }
        return try chunk(of: min(limit, end), from: descriptor, path)
    }

    /// The target of a symbolic link, as it is written there.
    package static func readLink(_ path: String) throws(PosixError) -> String {
        var text = ""
        try systemCall("readlink", path: path) { pointer in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                let count = readlink(pointer, base, buffer.count)
                if count >= 0 {
                    text = String(
                        decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
                }
                return count
            }
        }
        return text
    }

    static func open(
        _ path: String, _ flags: Int32, mode: UInt32 = 0
    ) throws(PosixError) -> Int32 {
        try systemCall("open", path: path) { cposix_open($0, flags, mode) }
    }

    /// Reads `count` bytes, fewer only at the end of the file.
    private static func chunk(
        of count: Int, from descriptor: Int32, _ path: String
    ) throws(PosixError) -> [UInt8] {
        // Also since an array without room is shared by all threads, and the initialiser writes to it.
        guard count > 0 else { return [] }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = Glibc.read(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if part == 0 { return }
                if part > 0 {
                    filled += part
                } else if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        if code != 0 { throw PosixError(call: "read", path: path, code: code) }
        return bytes
    }
}
