import CPosix
import Glibc

extension FileSystem {
    /// Makes `to` a new file that shares the blocks of `from` (ioctl_ficlone(2)), with the same mode.
    /// False, and no file, where the file system cannot do so; an existing `to` is the error `EEXIST`.
    package static func clone(_ from: String, to path: String) throws(PosixError) -> Bool {
        let source = try open(from, O_RDONLY)
        defer { close(source) }
        let target = try createCopy(of: source, from, at: path)
        defer { close(target) }
        if cposix_clone(target, source) == 0 { return true }
        let code = errno
        unlink(path)
        switch code {
        case EOPNOTSUPP, EXDEV, EINVAL, ENOTTY, ENOSYS, EPERM, ETXTBSY: return false
        default: throw PosixError(call: "ioctl", path: path, code: code)
        }
    }

    /// Makes `to` a new file with the content and mode of `from`: cloned where that is possible, else
    /// copied inside the kernel, else by reading and writing. An existing `to` is the error `EEXIST`.
    ///
    /// Not synchronised; a copy that fails leaves no file, one that is killed leaves a part.
    package static func copy(_ from: String, to path: String) throws(PosixError) {
        let source = try open(from, O_RDONLY)
        defer { close(source) }
        let target = try createCopy(of: source, from, at: path)
        defer { close(target) }
        if cposix_clone(target, source) == 0 { return }
        do {
            try copyRanges(source, target, path)
            // Also the whole copy where the kernel cannot do it, and the rest where it stops early, as it
            // does on files that say they are empty and are not (copy_file_range(2), BUGS).
            try copyBytes(source, target, from, path)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func createCopy(
        of source: Int32, _ from: String, at path: String
    ) throws(PosixError) -> Int32 {
        var status = stat()
        _ = try systemCall("fstat", from) { fstat(source, &status) }
        guard FileStatus(status).kind == .file else {
            let code = FileStatus(status).kind == .directory ? EISDIR : EINVAL
            throw PosixError(call: "copy", path: from, code: code)
        }
        let target = try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        do {
            _ = try systemCall("fchmod", path) { fchmod(target, status.st_mode & 0o7777) }
            return target
        } catch {
            close(target)
            unlink(path)
            throw error
        }
    }

    private static func copyRanges(
        _ source: Int32, _ target: Int32, _ path: String
    ) throws(PosixError) {
        do {
            while try systemCall(
                "copy_file_range", path, { cposix_copy_range(source, target, 1 << 30) }) > 0
            {}
        } catch  where error.code != ENOSPC && error.code != EDQUOT && error.code != EIO {
            return
        }
    }

    private static func copyBytes(
        _ source: Int32, _ target: Int32, _ from: String, _ path: String
    ) throws(PosixError) {
        while true {
            let bytes = try Descriptors.read(source, upTo: 1 << 18, path: from)
            if bytes.isEmpty { return }
            try Descriptors.write(bytes, to: target, path: path)
        }
    }
}
