import Digests
import Paths
import PipelineStore
import Posix

/// Contents that tasks have fetched on a node: the next task there reads them from its own disk.
///
/// Each is hashed again before it is used. One that no task has used for a day is removed, and where the disk has little room left one
/// that none has used for an hour.
struct NodeCache {
    let store: Store

    private static let daySeconds: Int64 = 86_400
    private static let hourSeconds: Int64 = 3600
    /// Bytes.
    private static let leastFree: Int64 = 10 << 30

    /// - Parameter path: of its folder, which need not be there.
    init(_ path: String) { store = Store(root: path) }

    /// Those of these contents that it has. Their time of use is now.
    func sound(_ digests: some Sequence<Digest>) throws -> Set<Digest> {
        var found: Set<Digest> = []
        for digest in digests {
            guard let object = try store.verified(digest) else { continue }
            // The time of the last change of the inode; that of the content stays.
            try FileSystem.changeMode(object, to: 0o444)
            found.insert(digest)
        }
        return found
    }

    /// Removes what is not used any more. No task is being made meanwhile.
    func trim() throws {
        guard try FileSystem.status(store.root) != nil else { return }
        let isFull = try FileSystem.freeBytes(store.root) < Self.leastFree
        let seconds = isFull ? Self.hourSeconds : Self.daySeconds
        let oldest = Timestamp.now().nanoseconds - seconds * 1_000_000_000
        for folder in try FileSystem.entries(of: store.root) where folder.kind == .directory {
            for entry in try FileSystem.entries(of: "\(store.root)/\(folder.name)") {
                let path = "\(store.root)/\(folder.name)/\(entry.name)"
                guard let status = try FileSystem.linkStatus(path), status.links == 1,
                    status.changedNs < oldest
                else { continue }
                // ours: a file of this user's cache, which no task has linked
                try FileSystem.remove(path)
            }
        }
    }
}
