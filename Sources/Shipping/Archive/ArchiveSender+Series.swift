import Archive
import ArchiveHistory
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes

/// The series of segments that this clone writes.
extension ArchiveSender {
    /// The segment that the next one follows; nil where it is the first.
    func last(of writer: String, _ reader: LedgerReader) throws -> KnownSegment? {
        try reader.archiveSegments(archive).last {
            $0.name.writer == writer && $0.refused == nil
        }
    }

    /// The id of the series that this clone writes. Where segments of it do not count any more, a new series begins: one that was
    /// continued from before them would give its numbers, and names of files, a second time.
    func writer(_ reader: LedgerReader) throws -> String {
        let writer = try CloneIdentity.id(at: ArchiveConnection.writerPath)
        let newest = try reader.archiveSegments(archive).filter { $0.name.writer == writer }
            .map(\.name.number).max()
        guard try newest != last(of: writer, reader)?.name.number else { return writer }
        return try CloneIdentity.renew(at: ArchiveConnection.writerPath)
    }

    func sending(
        _ place: ArchivePlace, _ writer: String, _ sources: [Digest: String] = [:]
    ) -> SegmentSending {
        SegmentSending(
            place: place, signatures: connection.signatures, archive: archive, writer: writer,
            author: ArchiveConnection.author, store: Store(root: Project.storePath),
            folder: ArchiveConnection.folder + "/outgoing", copies: ArchiveConnection.copies,
            sources: sources)
    }

    /// Where the project asks for signatures since a while only, what this clone wrote before gets its own.
    func signLast(_ place: ArchivePlace, _ reader: LedgerReader) throws {
        guard connection.signatures.areRequired else { return }
        let writer = try CloneIdentity.id(at: ArchiveConnection.writerPath)
        guard let last = try last(of: writer, reader), last.isOwn, last.signer == nil else {
            return
        }
        try sending(place, writer).sign(
            last, isInterrupted: { [cancellation] in cancellation.isCancelled })
    }
}

/// Files of the archive that may be removed soon: what they hold is sent as if it were not there.
struct MarkedFiles {
    let paths: Set<String>
    private let readNs: Int64

    /// A file that this clone names must not have been marked for longer than since the marks were read, so a long run reads them
    /// again: much sooner than any grace time ends.
    private static let readsAgainNs: Int64 = 600_000_000_000

    /// - Parameter known: what was read before in this run.
    init(_ place: ArchivePlace, _ archive: String, after known: MarkedFiles?) throws {
        let now = SuspensionClock.nanoseconds()
        if let known, now - known.readNs < Self.readsAgainNs {
            self = known
        } else {
            let marks = try ArchiveCollecting(place: place, archive: archive).marks()
            (paths, readNs) = (Set(marks.since.keys), now)
        }
    }
}
