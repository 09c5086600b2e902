package import Digests
import Paths
import Posix
package import Slots

extension DirectoryTransport {
    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        var listing = TransportListing(entries: [])
        guard let top = try top() else { return listing }
        try list(top, nil, into: &listing, isInterrupted)
        var sorted = TransportListing(entries: listing.entries, leftovers: listing.leftovers)
        sorted.closed = listing.closed
        return sorted
    }

    private func list(
        _ folder: FolderHandle, _ prefix: RelativePath?, into listing: inout TransportListing,
        _ isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        guard !isInterrupted() else { throw .interrupted }
        for name in try system({ () throws(PosixError) in try folder.entries() }) {
            let text = prefix.map { "\($0)/\(name.name)" } ?? name.name
            if prefix == nil, SlotNames.isOwn(name.name) { continue }
            if name.isValidUTF8, SlotNames.isAside(name.name) {
                listing.leftovers.append(text)
                continue
            }
            guard name.isValidUTF8,
                let path = try? RelativePath(text)  // try?: refused, by its name
            else { throw .badName(text) }
            guard let status = try status(name.name, in: folder) else { continue }
            let kind = Self.kind(status)
            listing.entries.append(TransportEntry(path: path, kind: kind))
            if status.mode & Self.needed(kind) != Self.needed(kind) { listing.closed.append(path) }
            guard kind == .folder else { continue }
            let inside: FolderHandle?
            do throws(PosixError) { inside = try folder.folder(name.name) } catch {
                guard error.isNoFolder else { throw .system(error) }
                throw .blocked(path: path, by: text)
            }
            if let inside { try list(inside, path, into: &listing, isInterrupted) }
        }
    }

    /// What the site, as another user, needs to read it.
    private static func needed(_ kind: TransportEntry.Kind) -> UInt32 {
        switch kind {
        case .folder: 0o755
        case .file: 0o444
        case .other: 0
        }
    }

    package func open(_ paths: [RelativePath]) throws(TransportError) {
        for path in paths {
            guard let holder = try holder(of: path),
                let status = try status(path.lastName, in: holder)
            else { continue }
            if status.kind == .directory, let folder = try folder(path) {
                try system { () throws(PosixError) in
                    try folder.changeMode(to: status.mode | 0o755)
                }
            } else if let file = try openFile(path.lastName, in: holder) {
                defer { Descriptors.close(file) }
                try system { () throws(PosixError) in
                    try Descriptors.changeMode(file, to: status.mode | 0o444, path: path.text)
                }
            }
        }
        if let top = try top() {
            try system { () throws(PosixError) in
                let mode = try top.status().mode
                if mode & 0o755 != 0o755 { try top.changeMode(to: mode | 0o755) }
            }
        }
    }

    package func entries(of path: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        guard let folder = try folder(path) else { return nil }
        var found: [FolderEntry] = []
        for name in try system({ () throws(PosixError) in try folder.entries() }) {
            let status = name.isValidUTF8 ? try status(name.name, in: folder) : nil
            found.append(
                FolderEntry(
                    name: name.name, kind: status.map(Self.kind) ?? .other,
                    modified: status.map { $0.modifiedNs / 1_000_000_000 }))
        }
        return found
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] {
        var found: [Digest?] = []
        for entry in entries {
            guard !isInterrupted() else { throw .interrupted }
            guard let folder = try holder(of: entry.path),
                try status(entry.path.lastName, in: folder).map(Self.kind)
                    == .file(size: entry.size),
                let file = try openFile(entry.path.lastName, in: folder)
            else {
                found.append(nil)
                continue
            }
            defer { Descriptors.close(file) }
            found.append(try digest(file, entry.path.text, isInterrupted))
            progress(entry.size)
        }
        return found
    }

    /// The digest of what an open file holds from here on.
    func digest(
        _ file: Int32, _ path: String, _ isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Digest {
        var hasher = Hasher256()
        while true {
            guard !isInterrupted() else { throw .interrupted }
            let bytes = try system { () throws(PosixError) in
                try Descriptors.read(file, upTo: 1 << 20, path: path)
            }
            if bytes.isEmpty { return hasher.finish() }
            hasher.update(bytes)
        }
    }

    package func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        for (number, file) in files.enumerated() {
            guard let input = try openForReading(file.path) else {
                try end(number, false)
                continue
            }
            defer { Descriptors.close(input) }
            while true {
                guard !isInterrupted() else { throw .interrupted }
                let bytes = try system { () throws(PosixError) in
                    try Descriptors.read(input, upTo: 1 << 20, path: file.path.text)
                }
                if bytes.isEmpty { break }
                try take(number, bytes[...])
            }
            try end(number, true)
        }
    }

    package func openForReading(_ path: RelativePath) throws(TransportError) -> Int32? {
        guard let folder = try holder(of: path) else { return nil }
        return try openFile(path.lastName, in: folder)
    }
}
