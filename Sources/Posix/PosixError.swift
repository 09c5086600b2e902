import Glibc

/// A system call that failed: which one, on what, and the error number of errno(3).
package struct PosixError: Error, Equatable, CustomStringConvertible {
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

    /// The path, or a folder on the way to it, does not exist.
    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

    /// Symbolic links lead in a circle, or there are too many of them on the way.
    package var isTooManyLinks: Bool { code == ELOOP }

    /// The file system or the quota is full.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }

    /// A non-blocking descriptor has nothing to give or no room.
    package var isWouldBlock: Bool { code == EAGAIN }

    /// The user may not do this.
    package var isPermissionDenied: Bool { code == EACCES || code == EPERM || code == EROFS }
}
