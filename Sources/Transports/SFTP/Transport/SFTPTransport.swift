import Digests
import Paths
package import SFTP
package import Slots

/// A slot on a server that speaks SFTP, such as one that has EFS mounted.
package final class SFTPTransport: Transport {
    let client: SFTPClient
    /// The folder of the slot on the server; the folder that holds it must exist.
    let root: RemotePath
    /// Whether the server is asked to put every file on stable storage before it gets its name.
    let isDurable: Bool
    /// Folders that were seen to be folders; nobody else writes to an idle slot.
    var checkedFolders: Set<RelativePath> = []
    /// Folders that a listing did not show, though it was asked for them.
    var missingFolders: Set<RelativePath> = []
    var isRootMade = false
    var staged: Staging?
    /// What others than its owner could not read when it was last seen.
    var closed: [RemotePath: FileAttributes] = [:]

    /// Routes to the slots of one server share the client.
    package init(client: SFTPClient, root: String, isDurable: Bool = false) {
        self.client = client
        self.root = RemotePath(root)
        self.isDurable = isDurable
    }

    package func features() throws(TransportError) -> TransportFeatures {
        let capabilities = try ask { () throws(SFTPError) in try client.capabilities() }
        return TransportFeatures(
            readsCheaply: false, sharesFiles: capabilities.canHardLink,
            replacesAtOnce: capabilities.canReplace, resumesFiles: client.resumesFiles,
            synchronizes: isDurable && capabilities.canSynchronize, tellsTime: true)
    }

    package func prepare(bytes: Int64, files: Int) throws(TransportError) {
        try ask { () throws(SFTPError) in try client.prepare(bytes: bytes, files: files) }
    }

    package func expect(folders: [RelativePath]) throws(TransportError) {
        let unknown = folders.filter {
            !checkedFolders.contains($0) && !missingFolders.contains($0)
        }
        client.attachStatus(of: unknown.map(place)) { [weak self] number, attributes in
            switch attributes?.kind {
            case .folder?: self?.checkedFolders.insert(unknown[number])
            case nil where attributes == nil: self?.missingFolders.insert(unknown[number])
            // Something else: the one who needs the folder looks again, and reports it.
            default: break
            }
        }
    }

    package func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        guard try reach([path]).isEmpty else { return nil }
        let place = place(path)
        return try ask { () throws(SFTPError) in try client.status(of: [place])[0] }.map(Self.kind)
    }

    package func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        guard try reach([path]).isEmpty else { return nil }
        return try read(place(path), limit: limit)
    }

    func read(_ place: RemotePath, limit: Int) throws(TransportError) -> [UInt8]? {
        var content: [UInt8] = []
        let exists = try ask { () throws(SFTPError) in
            try client.read(place, limit: Int64(limit), isInterrupted: { false }) {
                content += $0
                return nil
            }
        }
        return exists ? content : nil
    }

    package func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        let missing = try reach(paths)
        let places = paths.filter { !missing.contains($0) }.map(place)
        try ask { () throws(SFTPError) in
            try client.remove(places, isInterrupted: isInterrupted)
        }
    }

    package func removeLeftovers(_ names: [String]) throws(TransportError) {
        for name in names where !isLeftover(name) { throw .badName(name) }
        let missing = try reach(names.compactMap { RelativePath(leftover: $0) })
        let places = names.filter { name in
            !(RelativePath(leftover: name).map(missing.contains) ?? true)
        }
        try ask { () throws(SFTPError) in
            try client.remove(places.map { root.appending($0) })
        }
    }

    package func makeFolders(_ paths: [RelativePath]) throws(TransportError) {
        try makeRoot()
        let folders = Set(paths.flatMap { [$0] + $0.folders })
        let wanted = try missing(folders).sorted { ($0.folders.count, $0) < ($1.folders.count, $1) }
        // All at once: each stands after the one that holds it, and a server works in the order of
        // requests. One that does not is asked again, level by level.
        do throws(SFTPError) { try client.makeFolders(wanted.map(place)) } catch {
            guard case .refused(_, _, .noSuchFile, _) = error else { throw translate(error) }
            for (_, level) in Dictionary(grouping: wanted, by: \.folders.count).sorted(by: {
                $0.key < $1.key
            }) {
                try ask { () throws(SFTPError) in try client.makeFolders(level.map(place)) }
            }
        }
        checkedFolders.formUnion(wanted)
        missingFolders.subtract(wanted)
        attachModes(of: wanted.map(place))
    }

    package func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) {
        let missing = try reach(paths)
        let standing = paths.filter { !missing.contains($0) }
        checkedFolders.subtract(standing)
        missingFolders.subtract(standing)
        // The innermost first; those of one depth at once, since a server may change the order.
        for (_, level) in Dictionary(grouping: standing, by: \.folders.count).sorted(by: {
            $0.key > $1.key
        }) {
            try ask { () throws(SFTPError) in try client.removeEmptyFolders(level.map(place)) }
        }
    }

    package func synchronize() throws(TransportError) { try openModes() }
}

extension SFTPTransport {
    func place(_ path: RelativePath) -> RemotePath { root.appending(path.text) }

    static func kind(_ attributes: FileAttributes) -> TransportEntry.Kind {
        switch attributes.kind {
        case .folder: .folder
        case .file: .file(size: attributes.size ?? -1)
        default: .other
        }
    }

    private func relative(_ place: RemotePath) -> RelativePath? {
        let name = place.bytes.dropFirst(root.appending("").bytes.count)
        return try? RelativePath(String(decoding: name, as: UTF8.self))  // try?: the server's
    }

    func ask<Value>(_ body: () throws(SFTPError) -> Value) throws(TransportError) -> Value {
        do { return try body() } catch { throw translate(error) }
    }

    func translate(_ error: SFTPError) -> TransportError {
        switch error {
        case .interrupted: .interrupted
        case .local(let error): .system(error)
        case .refused(_, _, .permissionDenied, _): .forbidden(error.failure)
        case .sourceDiffers(let source, let target, let expected, let found):
            relative(target).map {
                .differs(path: $0, source: source, expected: expected, found: found)
            } ?? .remote(error.failure)
        default: .remote(error.failure)
        }
    }

    /// Looks at the folders that hold these names: those names whose folders are missing.
    func reach(_ paths: [RelativePath]) throws(TransportError) -> Set<RelativePath> {
        let missing = try missing(Set(paths.flatMap(\.folders)))
        guard !missing.isEmpty else { return [] }
        return Set(paths.filter { !missing.isDisjoint(with: $0.folders) })
    }

    /// Those of these folders that do not exist. Throws where something else is in a folder's place:
    /// writing there could leave the slot.
    func missing(_ folders: Set<RelativePath>) throws(TransportError) -> Set<RelativePath> {
        let unknown = folders.subtracting(checkedFolders).subtracting(missingFolders).sorted()
        guard !unknown.isEmpty else { return folders.intersection(missingFolders) }
        let found = try ask { () throws(SFTPError) in try client.status(of: unknown.map(place)) }
        var missing = folders.intersection(missingFolders)
        for (folder, attributes) in zip(unknown, found) {
            guard let attributes else {
                missing.insert(folder)
                continue
            }
            guard attributes.kind == .folder else {
                throw .blocked(path: folder, by: folder.text)
            }
            checkedFolders.insert(folder)
        }
        return missing
    }

    private func isLeftover(_ name: String) -> Bool {
        RelativePath(leftover: name) != nil && SlotNames.isAside(PathText.name(name))
    }

    func makeRoot() throws(TransportError) {
        guard !isRootMade else { return }
        let root = root
        try ask { () throws(SFTPError) in try client.makeFolders([root]) }
        attachModes(of: [root])
        isRootMade = true
    }
}
