import Digests
import Slots

/// A route whose process is killed: after so many operations nothing that is asked of it happens.
///
/// Puts are killed in the middle as well, with half of the file written aside.
final class DyingRoute: Route {
    private let base: DirectoryRoute
    private let scratch: ScratchFolder
    /// Operations that still happen.
    private var left: Int
    var features = RouteFeatures(readsCheaply: true)
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
        _ source: String, as entry: DataManifest.Entry, progress: (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        // One operation for the half that is written aside, one for the rest.
        try live { () throws(RouteError) in }
        if left == 0 {
            let folder = entry.path.folder.map { "slot/\($0)" } ?? "slot"
            try? scratch.write("hal", to: "\(folder)/.pipeline-aside-dead-\(operations)")
        }
        try live { () throws(RouteError) in
            try base.put(source, as: entry, progress: progress, isInterrupted: isInterrupted)
        }
    }

    func list(isInterrupted: InterruptionCheck) throws(RouteError) -> RouteListing {
        try live { () throws(RouteError) in try base.list(isInterrupted: isInterrupted) }
    }

    func status(of path: RelativePath) throws(RouteError) -> RouteEntry.Kind? {
        try live { () throws(RouteError) in try base.status(of: path) }
    }

    func read(_ path: RelativePath, limit: Int) throws(RouteError) -> [UInt8]? {
        try live { () throws(RouteError) in try base.read(path, limit: limit) }
    }

    func digest(
        of path: RelativePath, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> Digest {
        try live { () throws(RouteError) in
            try base.digest(of: path, isInterrupted: isInterrupted)
        }
    }

    func delete(_ path: RelativePath) throws(RouteError) {
        try live { () throws(RouteError) in try base.delete(path) }
    }

    func removeLeftover(_ name: String) throws(RouteError) {
        try live { () throws(RouteError) in try base.removeLeftover(name) }
    }

    func makeFolder(_ path: RelativePath) throws(RouteError) {
        try live { () throws(RouteError) in try base.makeFolder(path) }
    }

    func removeEmptyFolder(_ path: RelativePath) throws(RouteError) {
        try live { () throws(RouteError) in try base.removeEmptyFolder(path) }
    }

    func readMarker() throws(RouteError) -> [UInt8]? {
        try live { () throws(RouteError) in try base.readMarker() }
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
