import Archive
import ArchiveHistory
import Digests
import PipelineLedger
import Synchronization

extension ArchiveSender {
    /// Does something between segments.
    func between<Value>(
        _ body: (LedgerReader, ArchivePlace) throws -> Value
    ) throws -> Value where Value: Sendable {
        try series.withLock { series in
            let reader = try series.reader ?? LedgerReader(path: ledger.path)
            series.reader = reader
            let place = series.place ?? connection.place()
            series.place = place
            return try body(reader, place)
        }
    }

    /// Sends contents of files that need not be in the store, between those of results.
    func send(contents: [Digest: Int64], from sources: [Digest: String]) throws {
        _ = try between { reader, place in
            try send(
                Batch(segment: HistorySegment(head: head()), contents: contents), place,
                reader, sources
            ).bytes
        }
    }

    /// Of these contents those that others have sent, and that no segment names yet.
    func remembered(_ digests: some Sequence<Digest>) -> [Digest: ArchivedObject] {
        series.withLock { series in
            var found: [Digest: ArchivedObject] = [:]
            for digest in digests { found[digest] = series.placed[digest] }
            return found
        }
    }

    /// Contents that others have sent: a segment names them with the results that they belong to.
    func remember(_ objects: [ArchivedObject]) {
        series.withLock { series in
            for object in objects { series.placed[object.digest] = object }
        }
    }
}
