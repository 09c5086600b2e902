import Archive
import ArchiveHistory
import Digests
import DirectoryTransports
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix

/// An archive in a folder, and clones that use it, each with a store and a ledger of its own.
final class ScratchArchive {
    let root: String
    static let id = "archive"

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-archive-\(RandomID.plain())"
        try FileSystem.createDirectories(folder)
    }

    deinit { try? FileSystem.removeTree(root) }

    var folder: String { root + "/archive" }

    var place: ArchivePlace {
        ArchivePlace(name: folder) { [folder] name in
            DirectoryTransport(root: name.isEmpty ? folder : "\(folder)/\(name)")
        }
    }

    func files(_ name: String) throws -> [String] {
        let path = "\(folder)/\(name)"
        guard try FileSystem.status(path) != nil else { return [] }
        return try FileSystem.entries(of: path).map { "\(path)/\($0.name)" }.sorted()
    }

    func clone(_ writer: Character, signatures: SegmentSignatures? = nil) throws -> Clone {
        try Clone(self, writer, signatures)
    }

    /// A clone of the project.
    final class Clone {
        let archive: ScratchArchive
        let root: String
        let writer: String
        let store: Store
        let ledger: LedgerWriter
        let reader: LedgerReader
        var signatures: SegmentSignatures
        /// How much of the history is in memory at once.
        var batchBytes: Int64 = 32 << 20

        init(
            _ archive: ScratchArchive, _ writer: Character, _ signatures: SegmentSignatures?
        ) throws {
            self.archive = archive
            self.writer = String(repeating: String(writer), count: 32)
            root = archive.root + "/clone-\(RandomID.plain())"
            try FileSystem.createDirectories(root)
            store = Store(root: root + "/store")
            ledger = try LedgerWriter(path: root + "/ledger.sqlite")
            reader = try LedgerReader(path: root + "/ledger.sqlite")
            self.signatures =
                signatures ?? SegmentSignatures(trust: .everybody, key: nil, cancel: nil)
        }

        /// Sends the result of a unit for each text, whose content is its only output.
        @discardableResult
        func send(_ texts: [String]) throws -> SegmentSending.Sent {
            var segment = HistorySegment(head: Samples.head)
            segment.head.archive = ScratchArchive.id
            segment.sets = [Samples.set]
            var contents: [Digest: Int64] = [:]
            for text in texts {
                let digest = try store.keep(Array(text.utf8))
                contents[digest] = Int64(text.utf8.count)
                segment.results.append(
                    Samples.result(
                        "compile/\(digest.short)",
                        outputs: [
                            OutputRecord(
                                path: "out/\(digest.short)", digest: digest,
                                size: Int64(text.utf8.count))
                        ]))
            }
            return try send(segment, contents)
        }

        @discardableResult
        func send(
            _ segment: HistorySegment, _ contents: [Digest: Int64]
        ) throws -> SegmentSending.Sent {
            let previous = try reader.archiveSegments(ScratchArchive.id).last {
                $0.name.writer == writer && $0.refused == nil
            }
            let sent = try SegmentSending(
                place: archive.place, signatures: signatures, archive: ScratchArchive.id,
                writer: writer, author: Samples.author, store: store, folder: root + "/outgoing",
                copies: copies
            ).send(
                segment, contents: contents, after: previous, pace: { _ in },
                isInterrupted: { false })
            if let segment = sent.segment { try ledger.recordHistory([segment]) }
            return sent
        }

        @discardableResult
        func read() throws -> HistoryReading.Outcome {
            try FileSystem.createDirectories(root + "/reading")
            return try HistoryReading(
                place: archive.place, signatures: signatures, archive: ScratchArchive.id,
                folder: root + "/reading", copies: copies, batchBytes: batchBytes
            ).read(
                known: try reader.archiveSegments(ScratchArchive.id),
                record: { try self.ledger.recordHistory($0) }, isInterrupted: { false })
        }

        var copies: SegmentCopies { SegmentCopies(folder: root + "/segments") }

        /// Fetches contents as far as the history knows where they are.
        func fetch(_ texts: [String]) throws -> Set<Digest> {
            let found = try reader.archivedObjects(
                texts.map { Digest.of($0) }, in: ScratchArchive.id)
            let wanted = Dictionary(found.map { ($0.digest, $0) }) { newer, _ in newer }
            return try ObjectFetching(place: archive.place, store: store)
                .fetch(Array(wanted.values), progress: { _ in }, isInterrupted: { false })
        }

        /// The units of which the ledger knows a result in the archive.
        func units() throws -> Set<String> {
            let platform = Samples.head.platform
            let found = try reader.archivedSuccesses(
                recipe: Samples.set.digest, inputs: Samples.set.digest, in: ScratchArchive.id,
                on: platform, isPortable: true)
            return Set(found.flatMap { $0.outputs.map(\.path) })
        }
    }

    static func output(_ text: String) -> String { "out/\(Digest.of(text).short)" }
}
