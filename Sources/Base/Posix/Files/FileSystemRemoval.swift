import CPosix
import Glibc

extension FileSystem {
    /// Removes a file, or a folder with all that is in it. Links are removed, never followed, even when
    /// another process puts them in place meanwhile. Absence is no error.
    package static func removeTree(_ path: String) throws(PosixError) {
        guard let status = try linkStatus(path) else { return }
        guard status.kind == .directory else { return try remove(path) }
        // From here on each name is taken relative to an open folder, so no swapped link can lead astray.
        let descriptor: Int32
        do {
            descriptor = try open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch  where error.isNotFound {
            return
        }
        try empty(descriptor, path)
        try removeDirectory(path)
    }

    /// Removes all that is in an open folder; `descriptor` is closed at the end.
    private static func empty(_ descriptor: Int32, _ path: String) throws(PosixError) {
        defer { close(descriptor) }
        // Raw bytes: a name that is not UTF-8 must go too. Read first, for removal disturbs readdir(3).
        var names: [(bytes: [CChar], kind: FileKind)] = []
        let copy = try systemCall("dup", path) { cposix_open_directory_at(descriptor, ".") }
        try scan(copy, path) { pointer, kind in
            let bytes = UnsafeBufferPointer(start: pointer, count: strlen(pointer) + 1)
            names.append((Array(bytes), kind))
        }
        for (name, kind) in names {
            let inner =
                path + "/"
                + String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            if kind == .directory {
                let child = cposix_open_directory_at(descriptor, name)
                if child == -1 {
                    if errno == ENOENT { continue }
                    throw PosixError(call: "open", path: inner, code: errno)
                }
                try empty(child, inner)
            }
            let flags = kind == .directory ? AT_REMOVEDIR : 0
            if unlinkat(descriptor, name, flags) == -1, errno != ENOENT {
                throw PosixError(call: "unlink", path: inner, code: errno)
            }
        }
    }
}
