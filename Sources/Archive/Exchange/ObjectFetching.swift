package import ArchiveHistory
package import Digests
package import PipelineStore
import Posix
package import Slots

/// Brings contents out of an archive into the store. What does not arrive as its digest says is not there.
package struct ObjectFetching {
    let place: ArchivePlace
    let store: Store
    /// A folder of this clone's own, in the file system of the store.
    let folder: String

    package init(place: ArchivePlace, store: Store, folder: String) {
        self.place = place
        self.store = store
        self.folder = folder
    }

    /// An object with the bytes of the file that it lies in.
    package struct Wanted: Hashable, Sendable {
        package let object: ArchivedObject
        package let fileBytes: Int64

        package init(_ object: ArchivedObject, fileBytes: Int64) {
            self.object = object
            self.fileBytes = fileBytes
        }
    }

    /// Packs that are read at once: each is in memory.
    private static let packsAtOnce = 4

    /// - Parameter progress: is called with the bytes that have arrived since it was called last.
    /// - Returns: which contents the store has now.
    package func fetch(
        _ wanted: [Wanted], progress: @escaping (Int64) -> Void,
        isInterrupted: @escaping InterruptionCheck
    ) throws -> Set<Digest> {
        try FileSystem.createDirectories(folder, mode: 0o700)
        let alone = wanted.filter { $0.object.offset == nil }
        var arrived = try files(alone, progress, isInterrupted)
        let packed = Dictionary(grouping: wanted.filter { $0.object.offset != nil }) {
            $0.object.path
        }
        let packs = packed.keys.sorted()
        for start in stride(from: 0, to: packs.count, by: Self.packsAtOnce) {
            let some = packs[start..<min(packs.count, start + Self.packsAtOnce)]
            arrived.formUnion(
                try self.packs(some.map { ($0, packed[$0] ?? []) }, progress, isInterrupted))
        }
        return arrived
    }

    private func files(
        _ wanted: [Wanted], _ progress: @escaping (Int64) -> Void,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> Set<Digest> {
        guard !wanted.isEmpty else { return [] }
        var paths: [(path: RelativePath, size: Int64)] = []
        for item in wanted { paths.append((try RelativePath(item.object.path), item.object.size)) }
        let incoming = IncomingFiles(wanted.map(\.object), store, folder, progress)
        defer { incoming.close() }
        try place.reaching {
            try self.place.root().read(
                paths,
                take: { (number, bytes) throws(TransportError) in
                    try incoming.take(bytes, of: number)
                },
                end: { (number, exists) throws(TransportError) in
                    try incoming.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
        }
        return incoming.arrived
    }

    private func packs(
        _ packs: [(path: String, wanted: [Wanted])], _ progress: @escaping (Int64) -> Void,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> Set<Digest> {
        var paths: [(path: RelativePath, size: Int64)] = []
        for pack in packs {
            paths.append((try RelativePath(pack.path), pack.wanted.first?.fileBytes ?? 0))
        }
        let incoming = IncomingPacks(packs.map(\.wanted), store, folder, progress)
        try place.reaching {
            try self.place.root().read(
                paths,
                take: { (number, bytes) throws(TransportError) in
                    incoming.take(bytes, of: number)
                },
                end: { (number, exists) throws(TransportError) in
                    try incoming.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
        }
        return incoming.arrived
    }
}

/// Objects that are files of their own, as they arrive: each is hashed on the way and kept only if it is whole.
private final class IncomingFiles {
    private(set) var arrived: Set<Digest> = []
    private let objects: [ArchivedObject]
    private let store: Store
    private let folder: String
    private let progress: (Int64) -> Void
    private var open: [Int: Part] = [:]

    private final class Part {
        let path: String
        let file: Int32
        var hasher = Hasher256()
        var bytes: Int64 = 0

        init(path: String, file: Int32) {
            self.path = path
            self.file = file
        }
    }

    init(
        _ objects: [ArchivedObject], _ store: Store, _ folder: String,
        _ progress: @escaping (Int64) -> Void
    ) {
        self.objects = objects
        self.store = store
        self.folder = folder
        self.progress = progress
    }

    func take(_ bytes: ArraySlice<UInt8>, of number: Int) throws(TransportError) {
        do throws(PosixError) {
            let part = try part(number)
            part.bytes += Int64(bytes.count)
            progress(Int64(bytes.count))
            // One that is too long is wrong already.
            guard part.bytes <= objects[number].size else { return }
            let content = Array(bytes)
            part.hasher.update(content)
            try Descriptors.write(content, to: part.file, path: part.path)
        } catch {
            throw .system(error)
        }
    }

    func end(_ number: Int, exists: Bool) throws(TransportError) {
        guard exists else { return }
        do throws(PosixError) {
            let part = try part(number)
            open[number] = nil
            Descriptors.close(part.file)
            // ours: it was made by `part`
            defer { try? FileSystem.remove(part.path) }  // try?: cleared next time
            let object = objects[number]
            guard part.bytes == object.size, part.hasher.finish() == object.digest else { return }
            try store.keep(part.path, digest: object.digest)
            arrived.insert(object.digest)
        } catch {
            throw .system(error)
        }
    }

    private func part(_ number: Int) throws(PosixError) -> Part {
        if let known = open[number] { return known }
        let path = "\(folder)/\(number)"
        // ours: what a killed run left of a file of this name
        try FileSystem.remove(path)
        let part = Part(path: path, file: try Descriptors.open(path, .replace))
        open[number] = part
        return part
    }

    func close() {
        for part in open.values {
            Descriptors.close(part.file)
            // ours: it was made by `part`
            try? FileSystem.remove(part.path)  // try?: cleared next time
        }
        open = [:]
    }
}

/// Packs as they arrive.
private final class IncomingPacks {
    private(set) var arrived: Set<Digest> = []
    private let wanted: [[ObjectFetching.Wanted]]
    private let store: Store
    private let folder: String
    private let progress: (Int64) -> Void
    private var content: [Int: [UInt8]] = [:]

    init(
        _ wanted: [[ObjectFetching.Wanted]], _ store: Store, _ folder: String,
        _ progress: @escaping (Int64) -> Void
    ) {
        self.folder = folder
        self.wanted = wanted
        self.store = store
        self.progress = progress
    }

    func take(_ bytes: ArraySlice<UInt8>, of number: Int) {
        progress(Int64(bytes.count))
        // No pack is longer than what is known to be in it.
        let known = Int(wanted[number].first?.fileBytes ?? 0)
        let room = max(0, known - (content[number]?.count ?? 0))
        content[number, default: []] += bytes.prefix(room)
    }

    /// Not synchronised, as nothing of the store is: the one who counts on it does that.
    private func keep(_ part: [UInt8], _ digest: Digest) throws(PosixError) {
        let path = "\(folder)/part"
        // ours: a name of this folder
        try FileSystem.remove(path)
        let file = try Descriptors.open(path, .replace)
        defer { Descriptors.close(file) }
        try Descriptors.write(part, to: file, path: path)
        try store.keep(path, digest: digest)
        // ours: it was made above, and the store has it under a name of its own
        try FileSystem.remove(path)
        arrived.insert(digest)
    }

    func end(_ number: Int, exists: Bool) throws(TransportError) {
        let bytes = content.removeValue(forKey: number) ?? []
        guard exists else { return }
        for item in wanted[number] {
            let object = item.object
            guard let offset = object.offset.map(Int.init), offset >= 0,
                object.size <= Int64(bytes.count - min(offset, bytes.count))
            else { continue }
            let part = Array(bytes[offset..<offset + Int(object.size)])
            guard Digest.of(part) == object.digest else { continue }
            do throws(PosixError) { try keep(part, object.digest) } catch {
                throw .system(error)
            }
        }
    }
}
