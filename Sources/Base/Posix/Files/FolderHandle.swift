import CPosix
import Glibc

/// An open folder of which names are taken, so that no link on the way can lead elsewhere: also not one that another
/// process puts in a folder's place meanwhile (openat(2), `O_NOFOLLOW`). Names hold no slash.
package final class FolderHandle {
    let descriptor: Int32
    /// By which it was opened; for messages.
    package let path: String

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a folder by its path, links followed; nil where there is none.
    package static func open(_ path: String) throws(PosixError) -> FolderHandle? {
        do {
            return FolderHandle(try FileSystem.open(path, O_RDONLY | O_DIRECTORY), path)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// A folder in this one; nil where there is none. Something else of that name is `ENOTDIR`.
    package func folder(_ name: String) throws(PosixError) -> FolderHandle? {
        let place = "\(path)/\(name)"
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        let opened = try attempt("open", name) { cposix_open_at(descriptor, $0, flags, 0) }
        switch opened {
        case .done(let found): return FolderHandle(found, place)
        case .failed(ENOENT): return nil
        case .failed(ELOOP): throw PosixError(call: "open", path: place, code: ENOTDIR)
        case .failed(let code): throw PosixError(call: "open", path: place, code: code)
        }
    }

    /// Makes a folder with exactly this mode, whatever the umask; one that is there is opened as it is.
    package func makeFolder(_ name: String, mode: UInt32 = 0o755) throws(PosixError) -> FolderHandle
    {
        let made = try attempt("mkdir", name) { mkdirat(descriptor, $0, mode) }
        if case .failed(let code) = made, code != EEXIST {
            throw PosixError(call: "mkdir", path: "\(path)/\(name)", code: code)
        }
        guard let folder = try folder(name) else {
            throw PosixError(call: "mkdir", path: "\(path)/\(name)", code: ENOENT)
        }
        if case .done = made { try folder.changeMode(to: mode) }
        return folder
    }

    package func changeMode(to mode: UInt32) throws(PosixError) {
        _ = try systemCall("fchmod", path) { fchmod(descriptor, mode) }
    }

    /// What has this name, a link not followed; nil when nothing has.
    package func status(_ name: String) throws(PosixError) -> FileStatus? {
        var buffer = stat()
        let found = try attempt("lstat", name) {
            fstatat(descriptor, $0, &buffer, AT_SYMLINK_NOFOLLOW)
        }
        switch found {
        case .done: return FileStatus(buffer)
        case .failed(ENOENT): return nil
        case .failed(let code): throw PosixError(call: "lstat", path: "\(path)/\(name)", code: code)
        }
    }

    /// The status of the folder itself.
    package func status() throws(PosixError) -> FileStatus {
        try FileSystem.status(open: descriptor, path: path)
    }

    /// Throws where this user may not remove names from the folder (access(2)); changes nothing.
    package func checkWritable() throws(PosixError) {
        _ = try systemCall("access", path) {
            faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS)
        }
    }

    /// Throws where this user may not remove a name of the folder, also by its sticky bit; changes nothing.
    package func checkRemovable(_ name: String) throws(PosixError) {
        try checkWritable()
        let (own, user) = (try status(), geteuid())
        guard own.mode & 0o1000 != 0, user != 0, own.owner != user,
            let named = try status(name), named.owner != user
        else { return }
        throw PosixError(call: "access", path: "\(path)/\(name)", code: EPERM)
    }

    /// Opens a file for reading; nil where there is none. The caller closes it.
    package func openFile(_ name: String) throws(PosixError) -> Int32? {
        // Not waiting: what has the name may be a pipe by now.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        switch try attempt("open", name, { cposix_open_at(descriptor, $0, flags, 0) }) {
        case .done(let found): return found
        case .failed(ENOENT): return nil
        case .failed(let code): throw PosixError(call: "open", path: "\(path)/\(name)", code: code)
        }
    }

    /// Makes a file that nothing has the name of (`EEXIST` otherwise), open for reading and writing. The caller closes
    /// it.
    package func createFile(_ name: String, mode: UInt32 = 0o600) throws(PosixError) -> Int32 {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        return try done("open", name) { cposix_open_at(descriptor, $0, flags, mode) }
    }

    /// The names in the folder, sorted by their bytes.
    package func entries() throws(PosixError) -> [DirectoryEntry] {
        let copy = try done("open", ".") { cposix_open_directory_at(descriptor, $0) }
        return try FileSystem.entries(open: copy, path)
    }

    /// Removes a name that is not a folder. Its absence is no error.
    package func remove(_ name: String) throws(PosixError) { try remove(raw: Array(name.utf8)) }

    /// The same by bytes, which need not be UTF-8.
    package func remove(raw name: [UInt8]) throws(PosixError) {
        let shown = String(decoding: name, as: UTF8.self)
        let text = name.map(CChar.init(bitPattern:)) + [0]
        guard unlinkat(descriptor, text, 0) == 0 || errno == ENOENT else {
            throw PosixError(call: "unlink", path: "\(path)/\(shown)", code: errno)
        }
    }

    /// Removes an empty folder. Its absence is no error.
    package func removeFolder(_ name: String) throws(PosixError) {
        switch try attempt("rmdir", name, { unlinkat(descriptor, $0, AT_REMOVEDIR) }) {
        case .done, .failed(ENOENT): return
        case .failed(let code): throw PosixError(call: "rmdir", path: "\(path)/\(name)", code: code)
        }
    }

    /// Gives a name of this folder another one, in a folder, replacing what has that.
    package func rename(
        _ name: String, to folder: FolderHandle, _ target: String
    ) throws(PosixError) {
        _ = try done("rename", name) { from in
            target.withCString { renameat(descriptor, from, folder.descriptor, $0) }
        }
    }

    /// Gives a file of this folder one more name, in a folder; that name must be free.
    package func link(
        _ name: String, to folder: FolderHandle, _ target: String
    ) throws(PosixError) {
        _ = try done("link", name) { from in
            target.withCString { linkat(descriptor, from, folder.descriptor, $0, 0) }
        }
    }

    /// Makes a symbolic link with this text; nothing has its name.
    package func symbolicLink(to target: String, _ name: String) throws(PosixError) {
        guard !target.utf8.contains(0) else {
            throw PosixError(call: "symlink", path: "\(path)/\(name)", code: EINVAL)
        }
        _ = try done("symlink", name) { link in
            target.withCString { symlinkat($0, descriptor, link) }
        }
    }

    /// The text of a symbolic link.
    package func readLink(_ name: String) throws(PosixError) -> String {
        var text: [UInt8] = []
        _ = try done("readlink", name) { link in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                let count = readlinkat(descriptor, link, base, buffer.count)
                text = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
                return Int32(count)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Forces the names in the folder to the disk.
    package func synchronize() throws(PosixError) {
        _ = try systemCall("fsync", path) { fsync(descriptor) }
    }

    private enum Attempt {
        case done(Int32)
        case failed(Int32)
    }

    private func attempt(
        _ call: String, _ name: String, _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(PosixError) -> Attempt {
        guard !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "/")), name != ".." else {
            throw PosixError(call: call, path: "\(path)/\(name)", code: EINVAL)
        }
        while true {
            let result = name.withCString(body)
            if result >= 0 { return .done(result) }
            let code = errno
            if code != EINTR { return .failed(code) }
        }
    }

    private func done(
        _ call: String, _ name: String, _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(PosixError) -> Int32 {
        switch try attempt(call, name, body) {
        case .done(let value): return value
        case .failed(let code): throw PosixError(call: call, path: "\(path)/\(name)", code: code)
        }
    }
}

extension Descriptors {
    /// Makes an open, empty file share the blocks of another (ioctl_ficlone(2)); false where that cannot be done.
    package static func clone(_ source: Int32, to target: Int32) -> Bool {
        cposix_clone(target, source) == 0
    }

    /// Sets the permission bits of an open file.
    package static func changeMode(
        _ descriptor: Int32, to mode: UInt32, path: String
    ) throws(PosixError) {
        _ = try systemCall("fchmod", path) { fchmod(descriptor, mode) }
    }

    /// Forces an open file to the disk.
    package static func synchronize(_ descriptor: Int32, path: String) throws(PosixError) {
        _ = try systemCall("fsync", path) { fsync(descriptor) }
    }

    /// Goes back to the beginning of an open file.
    package static func rewind(_ descriptor: Int32, path: String) throws(PosixError) {
        _ = try systemCall("lseek", path) { lseek(descriptor, 0, SEEK_SET) }
    }
}
