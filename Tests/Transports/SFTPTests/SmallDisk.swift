import Glibc
import Posix

/// A file system in memory that holds 2 MiB, mounted until the object is gone.
final class SmallDisk {
    private let path: String
    private var isMounted = true

    init(at path: String) throws {
        self.path = path
        guard mount("none", path, "tmpfs", 0, "size=2m") == 0 else {
            throw PosixError(call: "mount", path: path, code: errno)
        }
    }

    deinit { remove() }

    func remove() {
        guard isMounted else { return }
        isMounted = false
        // The server may have a file open for a moment yet: then it goes when that is closed.
        _ = umount2(path, Int32(MNT_DETACH))
    }

    /// Whether this process may mount: root in a container may not.
    static let isPossible: Bool = {
        let folder = "\(Environment.value("TMPDIR") ?? "/tmp")/pipeline-disk-\(Host.processID)"
        guard getuid() == 0, (try? FileSystem.createDirectories(folder)) != nil else {
            return false
        }
        defer { try? FileSystem.removeTree(folder) }
        return (try? SmallDisk(at: folder)) != nil
    }()
}
