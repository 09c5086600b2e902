package import Digests
import Posix
import SFTP

extension SFTPRoute {
    package func list(
        expecting expected: Int, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> RouteListing {
        var entries: [RouteEntry] = []
        var leftovers: [String] = []
        var folders: [RelativePath] = []
        var failure: RouteError?
        // Folders of the slot by their place; the root stands for itself.
        var places: [RemotePath: RelativePath] = [:]
        let list = { (place: RemotePath, names: [RemoteName]?) throws(SFTPError) -> [RemotePath] in
            let folder = places[place]
            var deeper: [RemotePath] = []
            do throws(RouteError) {
                for name in names ?? [] {
                    guard let entry = try Self.entry(name, in: folder, &leftovers) else { continue }
                    entries.append(entry)
                    guard entry.kind == .folder else { continue }
                    let place = self.place(entry.path)
                    places[place] = entry.path
                    folders.append(entry.path)
                    deeper.append(place)
                }
            } catch {
                failure = error
                throw .interrupted
            }
            return deeper
        }
        do throws(SFTPError) {
            try client.list(
                [root], expecting: expected, isInterrupted: isInterrupted, found: list)
        } catch {
            throw failure ?? translate(error)
        }
        take(folders: folders)
        return RouteListing(entries: entries, leftovers: leftovers)
    }

    /// A name of a folder; nil for the tool's own. Names are not trusted: one that could lead elsewhere
    /// is refused, and nothing is ever asked of it.
    private static func entry(
        _ name: RemoteName, in folder: RelativePath?, _ leftovers: inout [String]
    ) throws(RouteError) -> RouteEntry? {
        let shown = String(decoding: name.bytes, as: UTF8.self)
        guard name.isSafe, let text = String(validating: name.bytes, as: UTF8.self) else {
            throw .badName(folder.map { "\($0)/\(shown)" } ?? shown)
        }
        let path = folder.map { "\($0)/\(text)" } ?? text
        if folder == nil, SlotNames.isOwn(text) { return nil }
        if SlotNames.isAside(text) {
            leftovers.append(path)
            return nil
        }
        guard let relative = try? RelativePath(path) else { throw .badName(path) }
        return RouteEntry(path: relative, kind: kind(name.attributes))
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) -> [Digest?] {
        let missing = try reach(entries.map(\.path))
        let hashers = entries.map { _ in FileHash() }
        var found = [Digest?](repeating: nil, count: entries.count)
        let asked = entries.indices.filter { !missing.contains(entries[$0].path) }
        try ask { () throws(SFTPError) in
            try client.readAll(
                asked.map { (place(entries[$0].path), nil) }, isInterrupted: isInterrupted,
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
