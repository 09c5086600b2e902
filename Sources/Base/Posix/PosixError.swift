package import Failures
import Glibc

/// A system call that failed: which one, on what, and the error number of errno(3).
package struct PosixError: Explained, Equatable {
    /// The name of the call, as in its man page.
    package let call: String
    /// The path the call was about, if any.
    package let path: String?
    /// The error number, such as `ENOENT`.
    package let code: Int32

    package init(call: String, path: String?, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// `open "x": No such file or directory`.
    package var description: String {
        let subject = path.map { " \"\($0)\"" } ?? ""
        return "\(call)\(subject): \(String(cString: strerror(code)))"
    }

    package var failure: Failure {
        let subject = path ?? "the path"
        return switch code {
        case ENOSPC, EDQUOT:
            Failure("disk-full", description, next: "free some room", run: .again)
        case ENOENT, ENOTDIR:
            Failure("file-missing", description, next: "check that \(subject) is there")
        case EACCES, EPERM:
            Failure(
                "permission-denied", description, next: "check the owner and mode of \(subject)")
        case EROFS:
            Failure(
                "read-only-file-system", description,
                next: "mount it for writing, or work in a copy elsewhere")
        case EMFILE, ENFILE:
            Failure(
                "too-many-open-files", description, next: "raise the limit", run: "ulimit -n 8192")
        case EADDRINUSE:
            Failure(
                "port-taken", "port \(path ?? "") of this machine is not free",
                next: "stop what uses it, or take another one with --port",
                run: .exact("ss -ltnp 'sport = :\(path ?? "")'"))
        default:
            Failure(
                "system-call", description, next: "check \(subject) and the disk that holds it",
                run: .again)
        }
    }

    /// The path, or a folder on the way to it, does not exist.
    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

    /// Something that is no folder is where a folder should be.
    package var isNoFolder: Bool { code == ENOTDIR }

    /// link(2): the file system has no hard links.
    package var isWithoutLinks: Bool { [EPERM, EOPNOTSUPP, ENOSYS].contains(code) }

    /// The name is taken.
    package var isTaken: Bool { code == EEXIST }

    /// Two paths are on two file systems.
    package var isOtherFileSystem: Bool { code == EXDEV }

    /// `ENOENT` and `EFBIG`, for the one who has no error numbers of its own.
    package static var missing: Int32 { ENOENT }
    package static var tooLarge: Int32 { EFBIG }

    /// Symbolic links lead in a circle, or there are too many of them on the way.
    package var isTooManyLinks: Bool { code == ELOOP }

    /// The text is no path: too long, or with a zero byte.
    package var isNoPath: Bool { code == ENAMETOOLONG || code == EINVAL }

    /// The file system or the quota is full.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }

    /// A non-blocking descriptor has nothing to give or no room.
    package var isWouldBlock: Bool { code == EAGAIN }

    /// The user may not do this.
    package var isPermissionDenied: Bool { code == EACCES || code == EPERM }
}
