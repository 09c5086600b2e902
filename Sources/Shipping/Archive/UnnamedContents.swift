import Archive
import ArchiveHistory
import Digests
import PipelineLedger
import Posix

/// Large contents whose sending has begun and that no segment names yet: after a kill some of them lie in the archive. They are
/// looked for there before they are sent again.
struct UnnamedContents {
    let archive: String
    /// The id of the clone, which files that it sends have in their names.
    let writer: String

    private static let path = ArchiveConnection.folder + "/unnamed"

    /// Notes what is about to be sent.
    ///
    /// - Returns: the batch, whose contents that lie there already are among the segment's objects.
    func begin(
        _ batch: ArchiveSender.Batch, _ place: ArchivePlace, _ reader: LedgerReader
    ) throws -> ArchiveSender.Batch {
        let large = batch.contents.filter { $0.value >= SegmentSending.aloneFrom }
        guard !large.isEmpty else { return batch }
        let begun = noted
        var batch = batch
        let sought = large.filter { begun.contains($0.key) }
        if !sought.isEmpty {
            let marked = try ArchiveCollecting(place: place, archive: archive).marks().since
            for object in try place.objects(sought, by: writer, isInterrupted: { false })
            where marked[object.path] == nil && batch.contents[object.digest] != nil {
                guard try !reader.isLost(object.path, in: archive) else { continue }
                batch.contents[object.digest] = nil
                batch.segment.objects.append(object)
            }
        }
        try note(begun.union(large.keys))
        return batch
    }

    /// A segment names the batch's contents now, or they cannot be sent.
    func end(_ batch: ArchiveSender.Batch) throws {
        let begun = noted
        let left = begun.subtracting(batch.contents.keys)
            .subtracting(batch.segment.objects.map(\.digest))
        if left != begun { try note(left) }
    }

    private var noted: Set<Digest> {
        let text = try? FileSystem.readText(Self.path)  // try?: then all is sent
        return Set((text ?? "").split(separator: "\n").compactMap { Digest(hex: $0) })
    }

    private func note(_ digests: Set<Digest>) throws {
        let text = digests.sorted().map { $0.hex + "\n" }.joined()
        try FileSystem.createDirectories(ArchiveConnection.folder, mode: 0o700)
        try FileSystem.writeAtomically(Array(text.utf8), to: Self.path, mode: 0o600)
    }
}
