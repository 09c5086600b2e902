import Digests
import DirectoryTransports
import Slots

/// A route whose process is killed: after so many operations nothing that is asked of it happens.
///
/// Puts are killed in the middle as well, with half of the file written to a temporary path.
final class DyingTransport: Transport {
    let base: DirectoryTransport
    private let scratch: ScratchFolder
    /// Operations that still happen.
    private var left: Int
    var readsCheaply = true
    /// Whether the kernel allows hard links to the files of another slot.
    var links = true
    private(set) var operations = 0

    static let killed = TransportError.failed("killed")

    init(_ base: DirectoryTransport, _ scratch: ScratchFolder, dyingAfter operations: Int = .max) {
        self.base = base
        self.scratch = scratch
        left = operations
    }

    private func live<Value>(
        _ operation: () throws(TransportError) -> Value
    ) throws(TransportError) -> Value {
        guard left > 0 else { throw Self.killed }
        left -= 1
        operations += 1
        return try operation()
    }

    func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        while let file = try next() {
            // One operation for the half that is written to a temporary path, one for the rest.
            try live { () throws(TransportError) in }
            if left == 0 {
                try? scratch.write("hal", to: "slot/\(SlotNames.aside(for: file.entry))")
            }
            try live { () throws(TransportError) in
                try base.putAll([file], observer, isInterrupted: isInterrupted)
            }
        }
    }

    func features() throws(TransportError) -> TransportFeatures {
        TransportFeatures.of(readsCheaply)
    }

    func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        try live { () throws(TransportError) in
            try base.list(expecting: hint, isInterrupted: isInterrupted)
        }
    }

    func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        try live { () throws(TransportError) in try base.status(of: path) }
    }

    func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        try live { () throws(TransportError) in try base.read(path, limit: limit) }
    }

    func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] {
        try live { () throws(TransportError) in
            try base.digests(of: entries, progress: progress, isInterrupted: isInterrupted)
        }
    }

    func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        for path in paths {
            try live { () throws(TransportError) in
                try base.delete([path], isInterrupted: isInterrupted)
            }
        }
    }

    func checkWritable(_ folders: [RelativePath?]) throws(TransportError) {
        try live { () throws(TransportError) in try base.checkWritable(folders) }
    }

    func removeLeftovers(_ names: [String]) throws(TransportError) {
        for name in names {
            try live { () throws(TransportError) in try base.removeLeftovers([name]) }
        }
    }

    func makeFolders(_ paths: [RelativePath]) throws(TransportError) {
        for path in paths { try live { () throws(TransportError) in try base.makeFolders([path]) } }
    }

    func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) {
        for path in paths {
            try live { () throws(TransportError) in try base.removeEmptyFolders([path]) }
        }
    }

    func readMarker() throws(TransportError) -> [UInt8]? {
        try live { () throws(TransportError) in try base.readMarker() }
    }

    /// Two steps: with the token, and without the marker.
    func beginFilling(_ token: String) throws(TransportError) {
        try live { () throws(TransportError) in
            let marker = try base.readMarker()
            try base.beginFilling(token)
            if left == 0, let marker {
                try? scratch.write(
                    String(decoding: marker, as: UTF8.self), to: "slot/\(SlotMarker.fileName)")
            }
        }
        try live { () throws(TransportError) in try base.removeMarker() }
    }

    func fillingToken() throws(TransportError) -> String? {
        try live { () throws(TransportError) in try base.fillingToken() }
    }

    func writeMarker(_ bytes: [UInt8]) throws(TransportError) {
        try live { () throws(TransportError) in try base.writeMarker(bytes) }
    }

    func removeMarker() throws(TransportError) {
        try live { () throws(TransportError) in try base.removeMarker() }
    }

    func synchronize() throws(TransportError) {
        try live { () throws(TransportError) in try base.synchronize() }
    }
}

extension TransportFeatures {
    static func of(_ readsCheaply: Bool) -> TransportFeatures {
        TransportFeatures(
            readsCheaply: readsCheaply, sharesFiles: true, copiesFiles: true, replacesAtOnce: true,
            resumesFiles: false, synchronizes: true)
    }
}

/// Each is done and told, so that a kill comes between the two.
extension DyingTransport {
    func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int> {
        guard links else { return [] }
        let linked = try live { () throws(TransportError) in
            try base.link(entries, from: sibling, isInterrupted: isInterrupted)
        }
        try live { () throws(TransportError) in }
        return linked
    }

    func copy(
        _ entry: DataManifest.Entry, from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Bool {
        let isCopied = try live { () throws(TransportError) in
            try base.copy(entry, from: sibling, isInterrupted: isInterrupted)
        }
        try live { () throws(TransportError) in }
        return isCopied
    }
}

extension DyingTransport {
    func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        try base.entries(of: folder)
    }

    func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        try base.read(files, take: take, end: end, isInterrupted: isInterrupted)
    }

    func move(to root: String) throws(TransportError) {
        try live { () throws(TransportError) in try base.move(to: root) }
    }

    func removeRoot() throws(TransportError) {
        try live { () throws(TransportError) in try base.removeRoot() }
    }

    /// A place without room for a lock.
    func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool { false }
    func readOwn(_ name: String) throws(TransportError) -> [UInt8]? { nil }
}
