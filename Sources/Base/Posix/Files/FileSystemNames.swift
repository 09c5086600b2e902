import CPosix
import Glibc

extension FileSystem {
    /// Gives a file another name, replacing what has that name (rename(2)). The error names `from`.
    package static func rename(_ from: String, to target: String) throws(PosixError) {
        try pair("rename", from, target) { Glibc.rename($0, $1) }
    }

    /// Gives a file one more name; the name must be free (link(2)).
    package static func link(_ existing: String, at path: String) throws(PosixError) {
        try pair("link", existing, path) { Glibc.link($0, $1) }
    }

    /// Makes a symbolic link at `path` with this target; the name must be free.
    package static func symbolicLink(to target: String, at path: String) throws(PosixError) {
        try pair("symlink", target, path) { symlink($0, $1) }
    }

    /// Sets the permission bits of the file a path leads to.
    package static func changeMode(_ path: String, to mode: UInt32) throws(PosixError) {
        try systemCall("chmod", path: path) { chmod($0, mode) }
    }

    /// Sets the time of the last change of the content, nanoseconds since 1970; links are followed.
    package static func setTimes(_ path: String, modifiedNs: Int64) throws(PosixError) {
        let (quotient, remainder) = modifiedNs.quotientAndRemainder(dividingBy: 1_000_000_000)
        let (seconds, nanoseconds) =
            remainder < 0 ? (quotient - 1, remainder + 1_000_000_000) : (quotient, remainder)
        try systemCall("utimensat", path: path) { cposix_set_modified($0, seconds, nanoseconds) }
    }

    /// Removes a name that is not a folder. Its absence is no error.
    package static func remove(_ path: String) throws(PosixError) {
        try ignoringAbsence { () throws(PosixError) in
            try systemCall("unlink", path: path) { unlink($0) }
        }
    }

    /// Removes an empty folder. Its absence is no error.
    package static func removeDirectory(_ path: String) throws(PosixError) {
        try ignoringAbsence { () throws(PosixError) in
            try systemCall("rmdir", path: path) { rmdir($0) }
        }
    }

    private static func ignoringAbsence(
        _ body: () throws(PosixError) -> Int32
    ) throws(PosixError) {
        do { _ = try body() } catch  where error.isNotFound { return }
    }

    private static func pair(
        _ call: String, _ first: String, _ second: String,
        _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
    ) throws(PosixError) {
        guard !second.utf8.contains(0) else {
            throw PosixError(call: call, path: second, code: EINVAL)
        }
        try systemCall(call, path: first) { one in second.withCString { two in body(one, two) } }
    }
}
