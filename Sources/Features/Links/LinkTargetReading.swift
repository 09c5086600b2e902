package import Posix

extension LinkTarget {
    /// Looks at the paths of a source, and walks all of the target's file system for links that lead into
    /// the source. Other file systems mounted in it, the source itself and links are not walked into.
    package static func read(
        _ root: String, for source: LinkSource
    ) throws(PosixError) -> LinkTarget {
        let real = try FileSystem.realPath(root)
        var target = LinkTarget(root: real)
        try target.look(at: source)
        guard let top = try FileSystem.status(real),
            let avoided = try FileSystem.status(source.root)
        else { return target }
        try target.walk(
            real == "/" ? "" : real, [], source, top.device, (avoided.device, avoided.inode))
        return target
    }

    private mutating func look(at source: LinkSource) throws(PosixError) {
        for entry in source.entries {
            // Below what is no folder nothing can be, and below a link it would be elsewhere.
            if let slash = entry.path.lastIndex(of: UInt8(ascii: "/")),
                states[Array(entry.path[..<slash])] != .folder
            {
                continue
            }
            let path = (root == "/" ? "" : root) + "/" + String(decoding: entry.path, as: UTF8.self)
            states[entry.path] =
                switch try FileSystem.linkStatus(path)?.kind {
                case nil: nil
                case .file: .file
                case .directory: .folder
                case .symbolicLink: .link(try FileSystem.readLink(path))
                case .other: .other
                }
        }
    }

    private mutating func walk(
        _ folder: String, _ path: [UInt8], _ source: LinkSource, _ device: UInt64,
        _ avoided: (device: UInt64, inode: UInt64)
    ) throws(PosixError) {
        let entries: [DirectoryEntry]
        do {
            entries = try FileSystem.entries(of: folder.isEmpty ? "/" : folder)
        } catch {
            // Gone meanwhile: nothing to report.
            if !error.isNotFound { unread[folder.isEmpty ? "/" : folder] = error }
            return
        }
        for entry in entries where entry.isValidUTF8 {
            let inner = path + (path.isEmpty ? [] : [UInt8(ascii: "/")]) + Array(entry.name.utf8)
            let full = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .symbolicLink: note(full, entry.name, inner, source)
            case .directory:
                guard
                    let status = try? FileSystem.linkStatus(full),  // try?: not entered, and stays
                    status.kind == .directory,
                    status.device == device,
                    (status.device, status.inode) != (avoided.device, avoided.inode)
                else { continue }
                if entry.name.hasPrefix(Self.asidePrefix) { leftovers.append(inner) }
                try walk(full, inner, source, device, avoided)
            case .file, .other: continue
            }
        }
    }

    private mutating func note(
        _ full: String, _ name: String, _ path: [UInt8], _ source: LinkSource
    ) {
        // What cannot be read is not ours to judge.
        guard let text = try? FileSystem.readLink(full),  // try?: not ours to judge, and stays
            source.path(of: text) != nil
        else {
            return
        }
        if name.hasPrefix(Self.asidePrefix) {
            leftovers.append(path)
            return
        }
        linksIntoSource += 1
        do {
            if try FileSystem.linkStatus(text) == nil {
                dangling.append(Dangling(path: path, text: text))
            }
        } catch {
            unread[text] = error
        }
    }
}
