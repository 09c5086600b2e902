package import ArchiveHistory
package import Digests
package import PipelineStore
import Posix
package import Slots

/// Brings contents out of an archive into the store. What does not arrive as its digest says is not there.
package struct ObjectFetching {
    let place: ArchivePlace
    let store: Store

    package init(place: ArchivePlace, store: Store) {
        self.place = place
        self.store = store
    }

    /// Nothing is synchronised, as nothing of the store is: the one who counts on it does that.
    ///
    /// - Parameters:
    ///   - objects: each content once.
    ///   - progress: is called with the bytes that have arrived since it was called last.
    ///   - unreadable: is called with the path of a file that the place has and does not give, and why.
    /// - Returns: which contents the store has now.
    /// - Throws: `ArchiveError`, and `PosixError` where this machine's disk takes no more.
    package func fetch(
        _ objects: [ArchivedObject], progress: @escaping (Int64) -> Void,
        unreadable: (String, TransportError) -> Void = { _, _ in },
        isInterrupted: @escaping InterruptionCheck
    ) throws -> Set<Digest> {
        guard !objects.isEmpty else { return [] }
        let files = Self.files(objects)
        let kept = KeptObjects(store)
        let refused = try place.readEach(Array(files.indices)) { numbers in
            let arrived = kept.arrived
            let lacking = numbers.map { files[$0] }.filter { file in
                !file.objects.allSatisfy { arrived.contains($0.digest) }
            }
            do {
                try read(lacking, kept, progress: progress, isInterrupted: isInterrupted)
            } catch {
                // What this machine could not keep is no fault of the archive.
                if let failure = kept.failure { throw failure }
                throw error
            }
        }
        for (file, error) in refused { unreadable(files[file].path, error) }
        return kept.arrived
    }

    private func read(
        _ files: [File], _ kept: KeptObjects, progress: @escaping (Int64) -> Void,
        isInterrupted: @escaping InterruptionCheck
    ) throws {
        var paths: [(path: RelativePath, size: Int64)] = []
        for file in files { paths.append((try RelativePath(file.path), file.bytes)) }
        let root = place.root()
        try root.prepare(bytes: files.reduce(0) { $0 + $1.bytes }, files: files.count)
        if let local = root as? any LocalTransport {
            let fetching = LocalFetching(
                files, kept, progress: progress, isInterrupted: isInterrupted)
            return try fetching.run { number throws(TransportError) in
                try local.openForReading(paths[number].path)
            }
        }
        let incoming = IncomingObjects(files, store, kept, progress: progress)
        defer { incoming.close() }
        try root.read(
            paths,
            take: { (number, bytes) throws(TransportError) in
                try incoming.take(bytes, of: number)
            },
            end: { (number, exists) throws(TransportError) in
                try incoming.end(number, exists: exists)
            }, isInterrupted: isInterrupted)
        try incoming.finish()
    }

    /// A file of the archive, and what is wanted of it.
    struct File {
        let path: String
        let objects: [ArchivedObject]
        /// Up to the end of the last content that is wanted.
        let bytes: Int64

        init(_ path: String, _ objects: [ArchivedObject]) {
            self.path = path
            self.objects = objects
            bytes = objects.map { ($0.offset ?? 0) + $0.size }.max() ?? 0
        }

        /// The content that is all of the file; nil for a pack.
        var alone: ArchivedObject? {
            objects.first.flatMap { $0.offset == nil ? $0 : nil }
        }
    }

    /// Packs first: unpacking them goes on beside the reading of the others.
    private static func files(_ objects: [ArchivedObject]) -> [File] {
        Dictionary(grouping: objects, by: \.path).map { File($0, $1) }.sorted {
            ($0.alone == nil ? 0 : 1, $0.path) < ($1.alone == nil ? 0 : 1, $1.path)
        }
    }
}
