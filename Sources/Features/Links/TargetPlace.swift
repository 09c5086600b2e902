import Glibc
import Posix

/// One name in an open folder.
struct TargetPlace {
    let folder: Int32
    let name: String
    /// For errors.
    let path: [UInt8]

    func check(_ call: String, _ result: Int32) throws(PosixError) {
        if result == 0 { return }
        let code = errno
        throw PosixError(call: call, path: String(decoding: path, as: UTF8.self), code: code)
    }

    /// The error `EEXIST` when something else is here than what was seen.
    func require(_ state: LinkTarget.State) throws(PosixError) {
        var status = stat()
        try check("lstat", fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW))
        let isExpected =
            switch state {
            case .file: status.st_mode & S_IFMT == S_IFREG
            case .link(let text): linkText() == Array(text.utf8)
            case .folder, .other: false
            }
        if !isExpected {
            throw PosixError(
                call: "replace", path: String(decoding: path, as: UTF8.self), code: EEXIST)
        }
    }

    /// Puts a link in the place of what is here, in one step.
    func replace(_ text: String, aside: String) throws(PosixError) {
        try check("symlink", symlinkat(text, folder, aside))
        do {
            try check("rename", renameat(folder, aside, folder, name))
        } catch {
            // Ours: the link that was made above.
            unlinkat(folder, aside, 0)
            throw error
        }
    }

    /// Makes a folder that has its owner and mode from the moment that it has its name. Only root can give
    /// files away (chown(2)); another user's folders are his own.
    func makeFolder(_ rights: FolderRights, aside: String) throws(PosixError) {
        try check("mkdir", mkdirat(folder, aside, 0o700))
        do {
            // By its descriptor: the one who owns the folder around it may put a link in its place meanwhile.
            let descriptor = openat(
                folder, aside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            try check("open", descriptor < 0 ? -1 : 0)
            defer { close(descriptor) }
            if Linker.canSetOwners {
                try check("chown", fchown(descriptor, rights.owner, rights.group))
            }
            try check("chmod", fchmod(descriptor, rights.mode))
            try check("rename", renameat(folder, aside, folder, name))
        } catch {
            // Ours: the folder that was made above; it goes only while it is empty.
            unlinkat(folder, aside, AT_REMOVEDIR)
            throw error
        }
    }

    private func linkText() -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlinkat(folder, name, base, buffer.count)
            return count < 0 ? nil : Array(UnsafeRawBufferPointer(start: base, count: count))
        }
    }
}
