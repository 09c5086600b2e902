import CPosix
import Glibc
import Synchronization

extension FileSystem {
    /// The beginning of the names of files that are not finished. A crash leaves them; anybody who holds
    /// the lock of the folder may remove them.
    package static let asidePrefix = ".pipeline-aside-"

    private static let asideCounter = Atomic<UInt64>(0)

    /// A path in the folder of `path` that no other thread or process on this host is using.
    package static func temporaryPath(beside path: String) -> String {
        let number = asideCounter.wrappingAdd(1, ordering: .relaxed).newValue
        let name = "\(asidePrefix)\(String(getpid(), radix: 36))-\(String(number, radix: 36))"
        return parent(of: path) + "/" + name
    }

    /// Replaces the content of `path` as a whole: written to a temporary path in the same folder, synchronised, renamed,
    /// and the folder synchronised. Killed at any point, the old content or the new one is there.
    ///
    /// A link at `path` is replaced, not followed. `mode` is set exactly, whatever the umask.
    package static func writeAtomically(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644
    ) throws(PosixError) {
        let (aside, descriptor) = try createTemporary(beside: path)
        do {
            defer { close(descriptor) }
            try Descriptors.write(bytes, to: descriptor, path: aside)
            _ = try systemCall("fchmod", aside) { fchmod(descriptor, mode) }
            _ = try systemCall("fsync", aside) { fsync(descriptor) }
        } catch {
            unlink(aside)
            throw error
        }
        do { try rename(aside, to: path) } catch {
            unlink(aside)
            throw error
        }
        try synchronize(parent(of: path))
    }

    /// Makes a new file at a temporary path in the folder of `path`, open for writing by its owner alone; the caller closes it.
    // A killed process with the same number may have left its file behind: take the next name.
    package static func createTemporary(
        beside path: String
    ) throws(PosixError) -> (path: String, descriptor: Int32) {
        while true {
            let aside = temporaryPath(beside: path)
            do {
                return (aside, try open(aside, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600))
            } catch  where error.code == EEXIST {
                continue
            }
        }
    }

    /// The folder that holds `path`: `.` for a mere name.
    static func parent(of path: String) -> String {
        let trimmed = path.utf8.reversed().drop { $0 == UInt8(ascii: "/") }
        guard let slash = trimmed.firstIndex(of: UInt8(ascii: "/")) else {
            return path.utf8.first == UInt8(ascii: "/") ? "/" : "."
        }
        let folder = path[..<slash.base]
        let end = folder.utf8.lastIndex { $0 != UInt8(ascii: "/") }
        return end.map { String(folder[...$0]) } ?? "/"
    }

    static func name(of path: String) -> Substring {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] }
            ?? path[...]
    }

    /// Forces a file, or the names in a folder, to the disk (fsync(2)).
    package static func synchronize(_ path: String) throws(PosixError) {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        _ = try systemCall("fsync", path) { fsync(descriptor) }
    }

    /// Forces everything on the file system of `path` to the disk (syncfs(2)): cheaper than many fsyncs.
    package static func synchronizeFileSystem(containing path: String) throws(PosixError) {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        _ = try systemCall("syncfs", path) { cposix_sync_file_system(descriptor) }
    }
}
