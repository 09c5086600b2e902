import CPosix
import Glibc

/// Files and folders, by path. Paths are UTF-8; a relative one counts from the current directory.
package enum FileSystem {}

extension FileSystem {
    /// The status of the file a path leads to, links followed (stat(2)); nil when there is none.
    package static func status(_ path: String) throws(PosixError) -> FileStatus? {
        try status("stat", path, flags: 0)
    }

    /// The status of the name itself, a link not followed (lstat(2)); nil when there is none.
    package static func linkStatus(_ path: String) throws(PosixError) -> FileStatus? {
        try status("lstat", path, flags: AT_SYMLINK_NOFOLLOW)
    }

    /// The status of an open file (fstat(2)).
    package static func status(open descriptor: Int32, path: String) throws(PosixError)
        -> FileStatus
    {
        var buffer = stat()
        _ = try systemCall("fstat", path) { fstat(descriptor, &buffer) }
        return FileStatus(buffer)
    }

    // Plans ask this for every file of the project: no allocation, and no error value for a mere absence.
    private static func status(
        _ call: String, _ path: String, flags: Int32
    ) throws(PosixError) -> FileStatus? {
        var buffer = stat()
        var code: Int32 = 0
        _ = path.withCString { pointer in
            attempt(pointer, length: path.utf8.count, &code) {
                fstatat(AT_FDCWD, $0, &buffer, flags)
            }
        }
        switch code {
        case 0: return FileStatus(buffer)
        case ENOENT, ENOTDIR: return nil
        default: throw PosixError(call: call, path: path, code: code)
        }
    }

    /// The path without links, `.` and `..` (realpath(3)); the file must exist.
    package static func realPath(_ path: String) throws(PosixError) -> String {
        var text: String?
        try systemCall("realpath", path: path) { pointer -> Int32 in
            guard let resolved = realpath(pointer, nil) else { return -1 }
            defer { free(resolved) }
            text = String(cString: resolved)
            return 0
        }
        return text ?? path
    }

    /// The absolute path of the current directory (getcwd(3)).
    package static func currentDirectory() throws(PosixError) -> String {
        guard let path = getcwd(nil, 0) else {
            throw PosixError(call: "getcwd", path: nil, code: errno)
        }
        defer { free(path) }
        return String(cString: path)
    }

    /// Bytes that unprivileged users may still write to the file system of `path` (statfs(2)).
    package static func freeBytes(_ path: String) throws(PosixError) -> Int64 {
        var magic: UInt32 = 0
        var free: Int64 = 0
        try systemCall("statfs", path: path) { cposix_file_system($0, &magic, &free) }
        return free
    }

    /// Whether `a` and `A` are two files in this folder, found out by a file that is made and removed.
    package static func isCaseSensitive(directory: String) throws(PosixError) -> Bool {
        let path = temporaryPath(beside: directory + "/case")
        close(try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600))
        defer { unlink(path) }
        let capital = asidePrefix.uppercased() + name(of: path).dropFirst(asidePrefix.count)
        return try linkStatus("\(directory)/\(capital)") == nil
    }
}

/// What there is in a file, and who could add to it.
package enum FileEmptiness: Sendable {
    case filled
    /// Empty, and open nowhere.
    case unused
    /// Empty, and open somewhere, or it cannot be determined.
    case inUse
}

extension FileSystem {
    /// Whether a file is empty and stays so: no process has it open.
    package static func emptiness(_ path: String) throws(PosixError) -> FileEmptiness {
        let descriptor = try open(path, O_RDONLY | O_NOFOLLOW)
        defer { close(descriptor) }
        let isAlone = cposix_is_only_opener(descriptor) == 1
        var status = stat()
        // Asked last: what wrote to it may have ended a moment ago.
        _ = try systemCall("fstat", path) { fstat(descriptor, &status) }
        if status.st_size > 0 { return .filled }
        return isAlone ? .unused : .inUse
    }
}
