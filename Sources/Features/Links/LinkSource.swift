import Glibc
package import Posix

/// The tree that is mirrored by links, as it is now: mostly a mounted remote one.
package struct LinkSource: Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        case folder(FolderRights)
        case skipped(SkipReason)
    }

    /// Why a name in the source gets no link.
    package enum SkipReason: String, Hashable, Sendable {
        case linkToFolder = "link-to-folder"
        case danglingLink = "dangling-link"
        /// A device, pipe or socket.
        case special
        case nameNotUTF8 = "name-not-utf8"
    }

    package struct Entry: Hashable, Sendable {
        /// Relative to the root. Bytes, since two names that Unicode calls equal are two files.
        package let path: [UInt8]
        package let kind: Kind

        package init(path: [UInt8], kind: Kind) {
            self.path = path
            self.kind = kind
        }
    }

    /// Its real path, absolute: what links lead to begins with it.
    package let root: String
    /// Each folder before what is in it.
    package let entries: [Entry]

    package init(root: String, entries: [Entry]) {
        self.root = root
        self.entries = entries
    }

    /// The text of the link at a path.
    package func text(of path: [UInt8]) -> String {
        (root == "/" ? "" : root) + "/" + String(decoding: path, as: UTF8.self)
    }

    /// The path below the root that the text of a link leads to; nil when it leads elsewhere. Links made
    /// here are absolute; a relative one, or one with `..`, was made by somebody else.
    package func path(of text: String) -> [UInt8]? {
        let prefix = (root == "/" ? "" : root) + "/"
        guard text.utf8.starts(with: prefix.utf8) else { return nil }
        let rest = Array(text.utf8.dropFirst(prefix.utf8.count))
        let names = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard !names.contains(where: { $0.isEmpty || $0.elementsEqual("..".utf8) }) else {
            return nil
        }
        return rest
    }

    /// Reads a tree. Links in it are looked at, never walked into.
    package static func read(_ root: String) throws(PosixError) -> LinkSource {
        let real = try FileSystem.realPath(root)
        var entries: [Entry] = []
        try walk(real, [], &entries)
        return LinkSource(root: real, entries: entries)
    }

    private static func walk(
        _ folder: String, _ path: [UInt8], _ entries: inout [Entry]
    ) throws(PosixError) {
        for entry in try FileSystem.entries(of: folder) {
            let inner = path + (path.isEmpty ? [] : [UInt8(ascii: "/")]) + Array(entry.name.utf8)
            let full = "\(folder)/\(entry.name)"
            guard entry.isValidUTF8 else {
                entries.append(Entry(path: inner, kind: .skipped(.nameNotUTF8)))
                continue
            }
            let kind = try kind(of: entry, at: full)
            entries.append(Entry(path: inner, kind: kind))
            if case .folder = kind { try walk(full, inner, &entries) }
        }
    }

    private static func kind(
        of entry: DirectoryEntry, at path: String
    ) throws(PosixError) -> Kind {
        switch entry.kind {
        case .file: return .file
        case .directory: return .folder(try FolderRights.of(path))
        case .other: return .skipped(.special)
        case .symbolicLink:
            switch try FileSystem.status(path)?.kind {
            case .file: return .file
            case .directory: return .skipped(.linkToFolder)
            case nil: return .skipped(.danglingLink)
            default: return .skipped(.special)
            }
        }
    }
}

/// Who may do what in a folder.
package struct FolderRights: Hashable, Sendable {
    /// Permission bits.
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32

    package init(mode: UInt32, owner: UInt32, group: UInt32) {
        self.mode = mode
        self.owner = owner
        self.group = group
    }

    static func of(_ path: String) throws(PosixError) -> FolderRights {
        var status = stat()
        guard fstatat(AT_FDCWD, path, &status, 0) == 0 else {
            throw PosixError(call: "stat", path: path, code: errno)
        }
        return FolderRights(
            mode: UInt32(status.st_mode) & 0o7777, owner: status.st_uid, group: status.st_gid)
    }
}
