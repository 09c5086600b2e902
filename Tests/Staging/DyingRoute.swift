import Digests
import Slots

/// A route whose process is killed: after so many operations nothing that is asked of it happens.
///
/// Puts are killed in the middle as well, with half of the file written aside.
final class DyingRoute: Route {
    let base: DirectoryRoute
    private let scratch: ScratchFolder
    /// Operations that still happen.
    private var left: Int
    var readsCheaply = true
    private(set) var operations = 0

    static let killed = RouteError.failed("killed")

    init(_ base: DirectoryRoute, _ scratch: ScratchFolder, dyingAfter operations: Int = .max) {
        self.base = base
        self.scratch = scratch
        left = operations
    }

    private func live<Value>(
        _ operation: () throws(RouteError) -> Value
    ) throws(RouteError) -> Value {
        guard left > 0 else { throw Self.killed }
        left -= 1
        operations += 1
        return try operation()
    }

    func put(
        _ next: () throws(RouteError) -> RoutePut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        while let file = try next() {
            // One operation for the half that is written aside, one for the rest.
            try live { () throws(RouteError) in }
            if left == 0 {
                try? scratch.write("hal", to: "slot/\(SlotNames.aside(for: file.entry))")
            }
            try live { () throws(RouteError) in
                try base.putAll([file], observer, isInterrupted: isInterrupted)
            }
        }
    }

    func features() throws(RouteError) -> RouteFeatures { RouteFeatures.of(readsCheaply) }

    func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> RouteListing {
        try live { () throws(RouteError) in
            try base.list(expecting: hint, isInterrupted: isInterrupted)
        }
    }

    func status(of path: RelativePath) throws(RouteError) -> RouteEntry.Kind? {
        try live { () throws(RouteError) in try base.status(of: path) }
    }

    func read(_ path: RelativePath, limit: Int) throws(RouteError) -> [UInt8]? {
        try live { () throws(RouteError) in try base.read(path, limit: limit) }
    }

    func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) -> [Digest?] {
        try live { () throws(RouteError) in
            try base.digests(of: entries, progress: progress, isInterrupted: isInterrupted)
        }
    }

    func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        for path in paths {
            try live { () throws(RouteError) in
                try base.delete([path], isInterrupted: isInterrupted)
            }
        }
    }

    func removeLeftovers(_ names: [String]) throws(RouteError) {
        for name in names {
            try live { () throws(RouteError) in try base.removeLeftovers([name]) }
        }
    }

    func makeFolders(_ paths: [RelativePath]) throws(RouteError) {
        for path in paths { try live { () throws(RouteError) in try base.makeFolders([path]) } }
    }

    func removeEmptyFolders(_ paths: [RelativePath]) throws(RouteError) {
        for path in paths {
            try live { () throws(RouteError) in try base.removeEmptyFolders([path]) }
        }
    }

    func readMarker() throws(RouteError) -> [UInt8]? {
        try live { () throws(RouteError) in try base.readMarker() }
    }

    /// Two steps: with the token, and without the marker.
    func beginFilling(_ token: String) throws(RouteError) {
        try live { () throws(RouteError) in
            let marker = try base.readMarker()
            try base.beginFilling(token)
            if left == 0, let marker {
                try? scratch.write(
                    String(decoding: marker, as: UTF8.self), to: "slot/\(SlotMarker.fileName)")
            }
        }
        try live { () throws(RouteError) in try base.removeMarker() }
    }

    func fillingToken() throws(RouteError) -> String? {
        try live { () throws(RouteError) in try base.fillingToken() }
    }

    func writeMarker(_ bytes: [UInt8]) throws(RouteError) {
        try live { () throws(RouteError) in try base.writeMarker(bytes) }
    }

    func removeMarker() throws(RouteError) {
        try live { () throws(RouteError) in try base.removeMarker() }
    }

    func synchronize() throws(RouteError) {
        try live { () throws(RouteError) in try base.synchronize() }
    }
}

extension RouteFeatures {
    static func of(_ readsCheaply: Bool) -> RouteFeatures {
        RouteFeatures(
            readsCheaply: readsCheaply, sharesFiles: true, replacesAtOnce: true,
            resumesFiles: false, synchronizes: true)
    }
}

extension DyingRoute {
    func entries(of folder: RelativePath?) throws(RouteError) -> [FolderEntry]? {
        try base.entries(of: folder)
    }

    func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(RouteError) -> Void,
        end: @escaping (Int, Bool) throws(RouteError) -> Void, isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        try base.read(files, take: take, end: end, isInterrupted: isInterrupted)
    }

    func move(to root: String) throws(RouteError) {
        try live { () throws(RouteError) in try base.move(to: root) }
    }

    func removeRoot() throws(RouteError) {
        try live { () throws(RouteError) in try base.removeRoot() }
    }

    /// A place without room for a lock.
    func createOwn(_ name: String, _ bytes: [UInt8]) throws(RouteError) -> Bool { false }
    func readOwn(_ name: String) throws(RouteError) -> [UInt8]? { nil }
}
