package import Digests
import Posix
import SFTP
package import Slots

extension SFTPTransport {
    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        closed = [:]
        attachModes(of: [root])
        // All folders that are likely there are asked for at once, and others as they are found.
        var asked = Dictionary(
            uniqueKeysWithValues: hint.names.keys.map { ($0.map(place) ?? root, $0) })
        var found: [RelativePath?: [RemoteName]] = [:]
        try ask { () throws(SFTPError) in
            try client.list(
                hint.names.map { ($0.key.map(place) ?? root, $0.value) },
                isInterrupted: isInterrupted
            ) { [self] place, names throws(SFTPError) in
                let folder = asked[place] ?? nil
                found[folder] = names ?? []
                var more: [(RemotePath, Int)] = []
                for name in names ?? [] where name.attributes.kind == .folder && name.isSafe {
                    guard let path = Self.path(name, in: folder), hint.names[path] == nil else {
                        continue
                    }
                    let place = self.place(path)
                    asked[place] = path
                    more.append((place, 0))
                }
                return more
            }
        }
        let listing = try assemble(found)
        missingFolders = Set(hint.names.keys.compactMap { $0 })
            .subtracting(listing.entries.lazy.map(\.path))
        return listing
    }

    /// From the top down: what lies below a name that is no folder was reached through a link, and is
    /// not part of the slot.
    private func assemble(
        _ found: [RelativePath?: [RemoteName]]
    ) throws(TransportError) -> TransportListing {
        var entries: [TransportEntry] = []
        var leftovers: [String] = []
        var foreign: [ForeignName] = []
        // What sizes add up to must stay a number, whatever a server says.
        var room: Int64 = 1 << 60
        var waiting: [RelativePath?] = [nil]
        while let folder = waiting.popLast() {
            if let folder { checkedFolders.insert(folder) }
            for name in found[folder] ?? [] {
                guard let entry = try Self.entry(name, in: folder, &leftovers, &foreign) else {
                    continue
                }
                noteMode(of: place(entry.path), name.attributes)
                entries.append(entry)
                if case .file(let size) = entry.kind {
                    guard size <= room else {
                        throw translate(.protocolViolation("its files are larger than any disk"))
                    }
                    room -= max(size, 0)
                }
                if entry.kind == .folder { waiting.append(entry.path) }
            }
        }
        return TransportListing(entries: entries, leftovers: leftovers, foreign: foreign)
    }

    private static func path(_ name: RemoteName, in folder: RelativePath?) -> RelativePath? {
        guard let text = String(validating: name.bytes, as: UTF8.self) else { return nil }
        let name = folder.map { "\($0)/\(text)" } ?? text
        return try? RelativePath(name)  // try?: told, or passed over, by the listing
    }

    /// A name of a folder; nil for the tool's own. Names are not trusted: one that could lead elsewhere
    /// is refused, and nothing is ever asked of it.
    private static func entry(
        _ name: RemoteName, in folder: RelativePath?, _ leftovers: inout [String],
        _ foreign: inout [ForeignName]
    ) throws(TransportError) -> TransportEntry? {
        let other = ForeignName(
            folder: folder, bytes: name.bytes, isFolder: name.attributes.kind == .folder)
        guard name.isSafe else { throw .badName(other.text) }
        guard let text = String(validating: name.bytes, as: UTF8.self) else {
            foreign.append(other)
            return nil
        }
        let path = folder.map { "\($0)/\(text)" } ?? text
        if folder == nil, SlotNames.isOwn(text) { return nil }
        if SlotNames.isAside(text) {
            leftovers.append(path)
            return nil
        }
        do {
            return TransportEntry(path: try RelativePath(path), kind: kind(name.attributes))
        } catch { throw .badName(path) }
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] {
        let missing = try reach(entries.map(\.path))
        let hashers = entries.map { _ in FileHash() }
        var found = [Digest?](repeating: nil, count: entries.count)
        let asked = entries.indices.filter { !missing.contains(entries[$0].path) }
        // A file may have become a link to a device that has no end.
        let limit = min(entries.map(\.size).max() ?? 0, .max - 1) + 1
        try ask { () throws(SFTPError) in
            try client.readAll(
                asked.map { (place(entries[$0].path), nil) }, limit: limit,
                isInterrupted: isInterrupted,
                take: { number, bytes in
                    hashers[asked[number]].update(bytes)
                    progress(Int64(bytes.count))
                    return nil
                },
                end: { number, exists in
                    let position = asked[number]
                    let (digest, bytes) = hashers[position].finish()
                    if exists, bytes == entries[position].size { found[position] = digest }
                    return nil
                })
        }
        return found
    }
}

/// A hash in the making, shared by the pieces of a file that arrive.
private final class FileHash {
    private var hasher = Hasher256()
    private var bytes: Int64 = 0

    func update(_ piece: ArraySlice<UInt8>) {
        piece.withUnsafeBytes { hasher.update($0) }
        bytes += Int64(piece.count)
    }

    func finish() -> (Digest, Int64) { (hasher.finish(), bytes) }
}
