import CPosix
import Glibc

/// A name in a folder.
package struct DirectoryEntry: Sendable {
    /// The name; bytes that are not UTF-8 are replaced, so such a name cannot be opened again.
    package let name: String
    package let isValidUTF8: Bool
    /// The bytes of a name that is not UTF-8; empty for all others.
    package let rawBytes: [UInt8]
    /// The kind of the name itself, a link not followed.
    package let kind: FileKind

    package init(name: String, isValidUTF8: Bool = true, rawBytes: [UInt8] = [], kind: FileKind) {
        self.name = name
        self.isValidUTF8 = isValidUTF8
        self.rawBytes = rawBytes
        self.kind = kind
    }
}

extension FileSystem {
    /// The names in a folder, sorted by their bytes, without `.` and `..`.
    package static func entries(of directory: String) throws(PosixError) -> [DirectoryEntry] {
        try entries(open: try open(directory, O_RDONLY | O_DIRECTORY), directory)
    }

    /// The same of an open folder; `descriptor` is closed.
    static func entries(
        open descriptor: Int32, _ directory: String
    ) throws(PosixError) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        try scan(descriptor, directory) { pointer, kind in
            if let name = String(validatingCString: pointer) {
                entries.append(
                    DirectoryEntry(name: name, isValidUTF8: true, rawBytes: [], kind: kind))
            } else {
                let name = String(cString: pointer)
                let bytes = UnsafeBufferPointer(start: pointer, count: strlen(pointer))
                entries.append(
                    DirectoryEntry(
                        name: name, isValidUTF8: false,
                        rawBytes: bytes.map(UInt8.init(bitPattern:)),
                        kind: kind))
            }
        }
        entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return entries
    }

    /// Makes a folder and those above it that are missing; one that exists already is no error.
    package static func createDirectories(
        _ path: String, mode: UInt32 = 0o755
    ) throws(PosixError) {
        do {
            try systemCall("mkdir", path: path) { mkdir($0, mode) }
        } catch  where error.code == EEXIST {
            guard try status(path)?.kind == .directory else { throw error }
        } catch  where error.code == ENOENT {
            let above = parent(of: path)
            guard !path.isEmpty, above != path, above != "." else { throw error }
            try createDirectories(above, mode: mode)
            try createDirectories(path, mode: mode)
        }
    }

    /// Calls `body` with the raw bytes of each name; `descriptor` is closed at the end.
    static func scan(
        _ descriptor: Int32, _ path: String,
        _ body: (UnsafePointer<CChar>, FileKind) -> Void
    ) throws(PosixError) {
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw PosixError(call: "fdopendir", path: path, code: code)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = cposix_entry_name(entry)
            if strcmp(name, ".") != 0, strcmp(name, "..") != 0,
                let kind = try kind(of: entry, in: descriptor, path)
            {
                body(name, kind)
            }
        }
        if errno != 0 { throw PosixError(call: "readdir", path: path, code: errno) }
    }

    // Some file systems leave the kind out of the folder (readdir(3), DT_UNKNOWN). nil for what is gone by now.
    private static func kind(
        of entry: UnsafePointer<dirent>, in directory: Int32, _ path: String
    ) throws(PosixError) -> FileKind? {
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .directory
        case Int(DT_LNK): return .symbolicLink
        case Int(DT_UNKNOWN):
            var status = stat()
            let name = cposix_entry_name(entry)
            if fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
                return FileStatus(status).kind
            }
            if errno == ENOENT { return nil }
            let inner = "\(path)/\(String(cString: name))"
            throw PosixError(call: "fstatat", path: inner, code: errno)
        default: return .other
        }
    }
}
