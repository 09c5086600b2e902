package import Digests
import Posix

/// A slot that is a folder of this machine: a mounted EFS or NFS, or a local disk.
package final class DirectoryRoute: Route {
    /// The folder of the slot.
    package let root: String
    /// Folders in which something changed since the last `synchronize`.
    private var changedFolders: Set<String> = []
    /// Folders that were seen to be none but folders; nobody else writes to an idle slot.
    private var checkedFolders: Set<String> = []

    /// `root` is made by the first write; the folder that holds it must exist.
    package init(root: String) { self.root = root }

    package func features() -> RouteFeatures {
        RouteFeatures(
            readsCheaply: true, sharesFiles: true, replacesAtOnce: true, resumesFiles: false,
            synchronizes: true)
    }

    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> RouteListing {
        var listing = RouteListing(entries: [])
        guard try kind(root) != nil else { return listing }
        try list("", into: &listing, isInterrupted)
        return RouteListing(entries: listing.entries, leftovers: listing.leftovers)
    }

    private func list(
        _ folder: String, into listing: inout RouteListing, _ isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        guard !isInterrupted() else { throw .interrupted }
        let place = folder.isEmpty ? root : "\(root)/\(folder)"
        let names = try system { () throws(PosixError) in try FileSystem.entries(of: place) }
        for name in names {
            let text = folder.isEmpty ? name.name : "\(folder)/\(name.name)"
            if SlotNames.isOwn(text) { continue }
            if name.isValidUTF8, name.name.utf8.starts(with: FileSystem.asidePrefix.utf8) {
                listing.leftovers.append(text)
                continue
            }
            guard name.isValidUTF8, let path = try? RelativePath(text) else { throw .badName(text) }
            guard let kind = try kind("\(root)/\(text)") else { continue }
            listing.entries.append(RouteEntry(path: path, kind: kind))
            if kind == .folder { try list(text, into: &listing, isInterrupted) }
        }
    }

    package func status(of path: RelativePath) throws(RouteError) -> RouteEntry.Kind? {
        guard try reach(path) else { return nil }
        return try kind(place(path))
    }

    package func read(_ path: RelativePath, limit: Int) throws(RouteError) -> [UInt8]? {
        guard case .file = try status(of: path) else { return nil }
        return try system { () throws(PosixError) in
            try FileSystem.read(place(path), limit: limit)
        }
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) -> [Digest?] {
        var found: [Digest?] = []
        for entry in entries {
            guard !isInterrupted() else { throw .interrupted }
            guard try status(of: entry.path) == .file(size: entry.size) else {
                found.append(nil)
                continue
            }
            found.append(
                try system { () throws(PosixError) in try Digest.ofFile(place(entry.path)).digest })
            progress(entry.size)
        }
        return found
    }

    package func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        for path in paths {
            guard !isInterrupted() else { throw .interrupted }
            guard try reach(path) else { continue }
            try system { () throws(PosixError) in try FileSystem.remove(place(path)) }
            noteChange(at: place(path))
        }
    }

    package func removeLeftovers(_ names: [String]) throws(RouteError) {
        for name in names { try removeLeftover(name) }
    }

    private func removeLeftover(_ name: String) throws(RouteError) {
        let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
        let last = slash.map { name.utf8[name.utf8.index(after: $0)...] } ?? name.utf8[...]
        guard last.starts(with: FileSystem.asidePrefix.utf8) else { throw .badName(name) }
        if let slash {
            guard let folder = try? RelativePath(String(name[..<slash])) else {
                throw .badName(name)
            }
            guard try reachFolder(folder) else { return }
        }
        try system { () throws(PosixError) in try FileSystem.remove("\(root)/\(name)") }
        noteChange(at: "\(root)/\(name)")
    }

    package func makeFolders(_ paths: [RelativePath]) throws(RouteError) {
        try makeRoot()
        for path in paths { try makeFolder(path) }
    }

    private func makeFolder(_ path: RelativePath) throws(RouteError) {
        for folder in ([path] + path.folders).reversed() where !checkedFolders.contains(folder.text)
        {
            switch try kind(place(folder)) {
            case .folder: break
            case nil:
                try system { () throws(PosixError) in
                    try FileSystem.createDirectories(place(folder))
                    // As files: the site runs as another user, whatever the umask of who syncs.
                    try FileSystem.changeMode(place(folder), to: 0o755)
                }
                noteChange(at: place(folder))
            default: throw .blocked(path: path, by: folder.text)
            }
            checkedFolders.insert(folder.text)
        }
    }

    package func removeEmptyFolders(_ paths: [RelativePath]) throws(RouteError) {
        for path in paths { try removeEmptyFolder(path) }
    }

    private func removeEmptyFolder(_ path: RelativePath) throws(RouteError) {
        guard try reachFolder(path) else { return }
        let names = try system { () throws(PosixError) in try FileSystem.entries(of: place(path)) }
        guard names.isEmpty else { return }
        try system { () throws(PosixError) in try FileSystem.removeDirectory(place(path)) }
        checkedFolders.remove(path.text)
        changedFolders.remove(place(path))
        noteChange(at: place(path))
    }

    package func synchronize() throws(RouteError) {
        for folder in changedFolders.sorted() {
            try system { () throws(PosixError) in try FileSystem.synchronize(folder) }
        }
        changedFolders = []
    }
}

extension DirectoryRoute {
    func place(_ path: RelativePath) -> String { "\(root)/\(path.text)" }

    func system<Value>(
        _ body: () throws(PosixError) -> Value
    ) throws(RouteError) -> Value {
        do { return try body() } catch { throw .system(error) }
    }

    func makeRoot() throws(RouteError) {
        guard try kind(root) == nil else { return }
        try system { () throws(PosixError) in
            // Not the folders above it: where EFS is not mounted, its place must not be filled.
            guard try FileSystem.status(folder(of: root))?.kind == .directory else {
                throw PosixError(call: "mkdir", path: root, code: 2)
            }
            try FileSystem.createDirectories(root)
            try FileSystem.changeMode(root, to: 0o755)
        }
        noteChange(at: root)
    }

    /// A change of the name `path` is durable once its folder is synchronised.
    func noteChange(at path: String) { changedFolders.insert(folder(of: path)) }

    func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The kind of a name; a link is not followed.
    func kind(_ path: String) throws(RouteError) -> RouteEntry.Kind? {
        let status = try system { () throws(PosixError) in
            try path == root ? FileSystem.status(path) : FileSystem.linkStatus(path)
        }
        guard let status else { return nil }
        switch status.kind {
        case .file: return .file(size: status.size)
        case .directory: return .folder
        default: return .other
        }
    }

    /// False where the folder of `path` is missing; throws where something else is in its place.
    func reach(_ path: RelativePath) throws(RouteError) -> Bool {
        guard let folder = path.folder else { return try kind(root) != nil }
        return try reachFolder(folder)
    }

    func reachFolder(_ folder: RelativePath) throws(RouteError) -> Bool {
        for part in ([folder] + folder.folders).reversed() where !checkedFolders.contains(part.text)
        {
            switch try kind(place(part)) {
            case .folder: checkedFolders.insert(part.text)
            case nil: return false
            default: throw .blocked(path: folder, by: part.text)
            }
        }
        return true
    }
}
