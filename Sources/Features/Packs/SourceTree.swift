import Digests
import Posix

/// The tree that a pack is made from, as it is on disk.
enum SourceTree {
    /// All below a folder, links not followed, and the digest of each file. Names that are not UTF-8, and
    /// what is no file, folder or link, are errors.
    static func content(
        of root: String, isCancelled: @escaping @Sendable () -> Bool
    ) throws(PackError) -> PackContent {
        let entries = try self.entries(of: root, below: "")
        let files = entries.filter { if case .file = $0.kind { true } else { false } }
        let results = Digest.ofFiles(
            files.map { "\(root)/\($0.text)" }, threads: Host.processorCount,
            isCancelled: isCancelled)
        if isCancelled() { throw .interrupted }
        var digests: [[UInt8]: Digest] = [:]
        for (file, result) in zip(files, results) {
            digests[file.path] = try PackError.from { () throws(PosixError) in
                try result.get().digest
            }
        }
        return PackContent(entries: entries, digests: digests)
    }

    private static func entries(
        of root: String, below folder: String
    ) throws(PackError) -> [PackEntry] {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        var found: [PackEntry] = []
        let names = try PackError.from { () throws(PosixError) in
            try FileSystem.entries(of: path)
        }
        for name in names {
            guard name.isValidUTF8 else { throw .nameNotUTF8("\(path)/\(name.name)") }
            let relative = folder.isEmpty ? name.name : "\(folder)/\(name.name)"
            guard let entry = try entry(relative, at: "\(path)/\(name.name)") else { continue }
            found.append(entry)
            if entry.kind == .folder { found += try entries(of: root, below: relative) }
        }
        return found
    }

    // Nil for what went away meanwhile.
    private static func entry(
        _ relative: String, at path: String
    ) throws(PackError) -> PackEntry? {
        let status = try PackError.from { () throws(PosixError) in try FileSystem.linkStatus(path) }
        guard let status else { return nil }
        let kind: PackEntry.Kind
        switch status.kind {
        case .directory: kind = .folder
        case .file: kind = .file(bytes: status.size)
        case .other: throw .unsupportedKind(path)
        case .symbolicLink:
            let target = try PackError.from { () throws(PosixError) in
                try FileSystem.readLink(path)
            }
            kind = .link(target: Array(target.utf8))
        }
        // As `mksquashfs` is instructed to write it: without the bits for other people's rights.
        let mode = kind.isLink ? 0o777 : status.mode & ~0o6000
        return PackEntry(path: Array(relative.utf8), mode: mode, kind: kind)
    }
}

extension PackEntry.Kind {
    fileprivate var isLink: Bool { if case .link = self { true } else { false } }
}
