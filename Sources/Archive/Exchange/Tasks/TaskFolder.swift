import Digests
import Posix
package import Slots

/// The folder of an archive in which the side that submits a batch of tasks and the machines that run them hand each other
/// small files. Whole files alone are visible in it; contents lie among the archive's objects and packs.
package struct TaskFolder {
    private let place: ArchivePlace
    private let path: String

    /// - Parameter name: of the batch: a plain name.
    package init(_ place: ArchivePlace, name: String) {
        self.place = place
        path = "\(ArchivePlace.tasks)/\(name)"
    }

    /// A file of it, with its bytes.
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let size: Int64

        package init(name: String, size: Int64) {
            self.name = name
            self.size = size
        }
    }

    /// In no order; none where there is no such folder.
    package func entries() throws -> [Entry] {
        let folder = place.folder(path)
        let entries = try place.reaching { try folder.entries(of: nil) } ?? []  // it is not there
        return entries.compactMap { entry in
            guard case .file(let size) = entry.kind, !SlotNames.isAside(entry.name) else {
                return nil
            }
            return Entry(name: entry.name, size: size)
        }
    }

    /// The bytes of files; nil for one that is not there.
    package func read(
        _ entries: [Entry], isInterrupted: @escaping InterruptionCheck
    ) throws -> [[UInt8]?] {
        guard !entries.isEmpty else { return [] }
        var files: [(path: RelativePath, size: Int64)] = []
        for entry in entries { files.append((try RelativePath(entry.name), entry.size)) }
        let contents = Contents(limits: files.map { _ in .max })
        let folder = place.folder(path)
        try place.reaching {
            try folder.read(
                files,
                take: { (number, bytes) throws(TransportError) in
                    contents.append(bytes, to: number)
                },
                end: { (number, exists) throws(TransportError) in
                    contents.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
        }
        return contents.values
    }

    /// Sends files, each as a whole; one of the same name is replaced.
    ///
    /// - Parameter files: local files by their names in the folder.
    package func write(
        _ files: [(name: String, source: String)], isInterrupted: @escaping InterruptionCheck
    ) throws {
        var puts: [TransportPut] = []
        for file in files {
            let content = try Digest.ofFile(file.source)
            puts.append(
                TransportPut(
                    file.source,
                    as: .init(
                        path: try RelativePath(file.name), digest: content.digest,
                        size: content.bytes)))
        }
        let folder = place.folder(path)
        let relative = try RelativePath(path)
        try place.reaching {
            try self.place.root().makeFolders([relative])
            var rest = puts[...]
            try folder.put(
                { () throws(TransportError) in rest.popFirst() }, observer: PutObserver(),
                isInterrupted: isInterrupted)
            try folder.synchronize()
        }
    }

    /// Removes the folder with all that is in it.
    package func remove(isInterrupted: @escaping InterruptionCheck) throws {
        let paths = try entries().map { try RelativePath($0.name) }
        let folder = place.folder(path)
        let relative = try RelativePath(path)
        try place.reaching {
            // ours: the folder has the name of a batch of this clone, and none of its tasks is left
            try folder.delete(paths, isInterrupted: isInterrupted)
            try self.place.root().removeEmptyFolders([relative])
        }
    }
}
