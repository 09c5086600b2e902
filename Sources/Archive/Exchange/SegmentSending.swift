package import ArchiveHistory
package import Digests
import Failures
package import PipelineLedger
import PipelinePlanning
package import PipelineStore
import Posix
import Processes
package import Slots

/// Adds to an archive: first the contents, then the segment that names them. What was sent before a kill and is named by no
/// segment is sent again.
package struct SegmentSending {
    let place: ArchivePlace
    let signatures: SegmentSignatures
    let archive: String
    let writer: String
    let author: Author
    let store: Store
    /// A folder of this clone's own: its content is removed here.
    let folder: String
    /// Nil for one that sends contents alone.
    let copies: SegmentCopies?
    /// Files outside of the store that hold a content, by its digest.
    let sources: [Digest: String]

    package init(
        place: ArchivePlace, signatures: SegmentSignatures, archive: String, writer: String,
        author: Author, store: Store, folder: String, copies: SegmentCopies? = nil,
        sources: [Digest: String] = [:]
    ) {
        self.copies = copies
        self.sources = sources
        self.place = place
        self.signatures = signatures
        self.archive = archive
        self.writer = writer
        self.author = author
        self.store = store
        self.folder = folder
    }

    /// Contents from this size on are files of their own.
    package static let aloneFrom: Int64 = 1 << 20
    /// Bytes of a pack, as soon as it has them.
    package static let packBytes: Int64 = 16 << 20

    /// What was done.
    package struct Sent {
        /// Nil where nothing of it could be sent: then there is none.
        package let segment: ReadSegment?
        /// Bytes of contents and segment.
        package let bytes: Int64
        /// Contents that the store does not have as their digest says: what needs them was left out.
        package let lacking: Set<Digest>
    }

    /// Sends contents that no segment names yet.
    ///
    /// - Parameters:
    ///   - contents: digests and bytes.
    ///   - number: of the segment, or part of a task, that is to name them.
    /// - Returns: where they lie now, with the bytes of the files; and contents that are not here as their digest says.
    package func put(
        _ contents: [Digest: Int64], number: Int64,
        pace: @escaping (Int64) throws -> Void = { _ in },
        isInterrupted: @escaping InterruptionCheck
    ) throws -> (objects: [ArchivedObject], bytes: Int64, lacking: Set<Digest>) {
        try FileSystem.removeTree(folder)  // ours: the folder of what is on its way
        try FileSystem.createDirectories(folder, mode: 0o700)
        let sending = "\(writer)-\(number)-\(RandomID.plain().prefix(16))"
        let (packs, lacking) = try packs(contents, sending)
        let alone = contents.filter { $0.value >= Self.aloneFrom }
            .map { self.alone($0.key, $0.value, sending) }
            .sorted { $0.object.path < $1.object.path }
        let files = packs + alone
        let missing = lacking.union(try put(files, pace, isInterrupted))
        return (
            files.flatMap(\.objects).filter { !missing.contains($0.digest) },
            files.reduce(0) { $0 + $1.entryBytes }, missing
        )
    }

    /// - Parameters:
    ///   - content: what the segment is to hold, objects among it that lie in the archive already; results whose contents are
    ///     missing here are left out.
    ///   - contents: digests and bytes of what is to be sent.
    ///   - previous: the writer's last segment; nil where this is the first.
    ///   - pace: is called with the bytes that were sent since it was called last, and waits where a limit asks for it.
    package func send(
        _ content: HistorySegment, contents: [Digest: Int64], after previous: KnownSegment?,
        pace: @escaping (Int64) throws -> Void, isInterrupted: @escaping InterruptionCheck
    ) throws -> Sent {
        let number = (previous?.name.number ?? 0) + 1
        var segment = content
        segment.head.name = SegmentName(writer: writer, number: number)
        segment.head.previous = previous?.digest
        let (objects, objectBytes, missing) = try put(
            contents, number: number, pace: pace, isInterrupted: isInterrupted)
        segment.objects += objects
        segment.results.removeAll { result in
            result.outputs.contains { missing.contains($0.digest) }
        }
        guard !segment.isEmpty else {
            return Sent(segment: nil, bytes: 0, lacking: missing)
        }
        let bytes = segment.bytes
        let digest = Digest.of(bytes)
        try put(
            segment: SegmentFile(segment.head.name, digest: digest), bytes, isInterrupted)
        return Sent(
            segment: ReadSegment(
                segment, digest: digest, bytes: Int64(bytes.count), refused: nil, signer: nil,
                isOwn: previous?.isVerified ?? true),
            bytes: objectBytes + Int64(bytes.count), lacking: missing)
    }

    /// Signs a segment that this clone has written without a signature: that stands for all that it follows, too.
    package func sign(
        _ segment: KnownSegment, isInterrupted: @escaping InterruptionCheck
    ) throws {
        let file = segment.file
        guard let copies, try copies.signature(of: file) == nil,
            let bytes = try copies.bytes(of: file)
        else { return }
        try FileSystem.createDirectories(folder, mode: 0o700)
        let source = "\(folder)/segment"
        try FileSystem.writeAtomically(bytes, to: source, mode: 0o600)
        guard let signature = try signatures.sign(source) else { return }
        try place.putHistory(
            "\(file.name).sig", signature, by: "\(folder)/own.sig", isInterrupted)
        try copies.keep(file, bytes, signature: signature)
    }

    /// A file that is to lie in the archive.
    private struct Outgoing {
        let source: String
        let digest: Digest
        let entryBytes: Int64
        let path: String
        let objects: [ArchivedObject]
        var object: ArchivedObject { objects[0] }
    }

    /// - Parameter sending: is in the names of all files that are sent together, and in no others. Numbers alone repeat as long as
    ///   no segment could be added; a file that `gc --archive` has marked or removed meanwhile would be meant by a later segment.
    private func alone(_ digest: Digest, _ size: Int64, _ sending: String) -> Outgoing {
        let path =
            "\(ArchivePlace.objects)/\(digest.hex.prefix(2))/\(digest.hex)-\(sending)"
        return Outgoing(
            source: source(of: digest), digest: digest, entryBytes: size, path: path,
            objects: [ArchivedObject(digest: digest, size: size, path: path, offset: nil)])
    }

    private func source(of digest: Digest) -> String {
        sources[digest] ?? store.path(of: digest)
    }

    /// Packs of all small contents, and which of these the store does not have.
    private func packs(
        _ contents: [Digest: Int64], _ sending: String
    ) throws -> (packs: [Outgoing], lacking: Set<Digest>) {
        var packs: [Outgoing] = []
        var lacking: Set<Digest> = []
        var open: [UInt8] = []
        var inside: [(digest: Digest, size: Int64, offset: Int64)] = []
        func close() throws {
            guard !inside.isEmpty else { return }
            let source = "\(folder)/\(packs.count + 1).pack"
            try FileSystem.writeAtomically(open, to: source, mode: 0o600)
            let digest = Digest.of(open)
            let path =
                "\(ArchivePlace.packs)/\(sending)-\(packs.count + 1)-\(digest.short).pack"
            packs.append(
                Outgoing(
                    source: source, digest: digest, entryBytes: Int64(open.count), path: path,
                    objects: inside.map {
                        ArchivedObject(
                            digest: $0.digest, size: $0.size, path: path, offset: $0.offset)
                    }))
            (open, inside) = ([], [])
        }
        // In the order of digests, so that the same contents make the same pack.
        for (digest, size) in contents.sorted(by: { $0.key < $1.key })
        where size < Self.aloneFrom {
            let file = source(of: digest)
            guard try FileSystem.status(file) != nil else {
                lacking.insert(digest)
                continue
            }
            let bytes = try FileSystem.read(file, limit: Int(Self.aloneFrom))
            guard Digest.of(bytes) == digest else {
                lacking.insert(digest)
                continue
            }
            inside.append((digest, size, Int64(open.count)))
            open += bytes
            if Int64(open.count) >= Self.packBytes { try close() }
        }
        try close()
        return (packs, lacking)
    }

    /// - Returns: contents that the store does not have as their digest says.
    private func put(
        _ files: [Outgoing], _ pace: @escaping (Int64) throws -> Void,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> Set<Digest> {
        guard !files.isEmpty else { return [] }
        let root = place.root()
        let folders = try Set(files.map { try RelativePath($0.path).folder }).compactMap { $0 }
        try place.reaching { try root.makeFolders(folders.sorted()) }
        var lacking: Set<Digest> = []
        var waiting = files[...]
        while !waiting.isEmpty {
            var begun: Outgoing?
            do {
                try place.reaching {
                    try put(&waiting, &begun, &lacking, root, pace, isInterrupted)
                }
            } catch let error as ArchiveError {
                // Of one file of the store that is damaged: it is left out, and the others are sent.
                guard let file = begun, try isDamaged(file) else { throw error }
                lacking.formUnion(file.objects.map(\.digest))
            }
        }
        try place.reaching { try root.synchronize() }
        return lacking
    }

    private func put(
        _ waiting: inout ArraySlice<Outgoing>, _ begun: inout Outgoing?,
        _ lacking: inout Set<Digest>, _ root: any Transport,
        _ pace: @escaping (Int64) throws -> Void, _ isInterrupted: @escaping InterruptionCheck
    ) throws {
        var paced: (any Error)?
        do throws(TransportError) {
            try root.put(
                { () throws(TransportError) in
                    while let file = waiting.popFirst() {
                        guard let path = try? RelativePath(file.path)  // try?: made here
                        else { continue }
                        begun = file
                        do {
                            guard try FileSystem.status(file.source) != nil else {
                                lacking.formUnion(file.objects.map(\.digest))
                                continue
                            }
                            try pace(file.entryBytes)
                        } catch {
                            paced = error
                            throw .interrupted
                        }
                        return TransportPut(
                            file.source,
                            as: .init(path: path, digest: file.digest, size: file.entryBytes))
                    }
                    return nil
                }, observer: PutObserver(), isInterrupted: isInterrupted)
        } catch {
            throw paced ?? error
        }
    }

    private func isDamaged(_ file: Outgoing) throws -> Bool {
        guard try FileSystem.status(file.source) != nil else { return true }
        return try Digest.ofFile(file.source).digest != file.digest
    }

    private func put(
        segment file: SegmentFile, _ bytes: [UInt8], _ isInterrupted: @escaping InterruptionCheck
    ) throws {
        let source = "\(folder)/segment"
        try FileSystem.writeAtomically(bytes, to: source, mode: 0o600)
        try copies?.announce(file)
        let signature = try signatures.sign(source)
        // The signature first: a segment that can be seen has its own.
        if let signature {
            try place.putHistory(
                "\(file.name).sig", signature, by: "\(folder)/own.sig", isInterrupted)
        }
        try place.putHistory(file.name, bytes, by: source, isInterrupted)
        try copies?.keep(file, bytes, signature: signature)
    }
}
