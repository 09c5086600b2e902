import ArchiveHistory
import Digests
package import PipelineLedger
package import Slots

/// Puts back segments of the history that were damaged or lost in an archive, from the copies of a clone that has read them.
package struct HistoryRestoring {
    let place: ArchivePlace
    let copies: SegmentCopies
    /// A folder of this clone's own.
    let folder: String

    package init(place: ArchivePlace, copies: SegmentCopies, folder: String) {
        self.copies = copies
        self.place = place
        self.folder = folder
    }

    /// - Returns: whether the segment lies there as it was written.
    package func restore(
        _ segment: KnownSegment, isInterrupted: @escaping InterruptionCheck
    ) throws -> Bool {
        let name = segment.file.name
        let present = try place.contents(
            [(try RelativePath(name), segment.bytes), (try RelativePath("\(name).sig"), 1 << 12)],
            in: ArchivePlace.history, isInterrupted)
        let isWhole = present[0].map(Digest.of) == segment.digest
        let signature = try copies.signature(of: segment.file)
        // The name tells the content: what lies there under it is damaged, and nobody's.
        if let signature, present[1] != signature {
            try place.putHistory(
                "\(name).sig", signature, by: "\(folder)/signature", isInterrupted)
        }
        if isWhole { return true }
        guard let bytes = try copies.bytes(of: segment.file) else { return false }
        try place.putHistory(name, bytes, by: "\(folder)/segment", isInterrupted)
        return true
    }
}
