import Archive
import PipelineEngine
import PipelineLedger
import PipelineModel

/// Once a project asks for signatures, what was read without them does not count.
extension ProjectArchive {
    /// Before the place is asked: also where it does not answer, nothing unverified is used.
    func setAsideUnverified(
        _ connection: ArchiveConnection, _ ledger: LedgerWriter, _ note: (RunEvent) -> Void
    ) throws {
        guard connection.signatures.areRequired, let left = try ledger.setAsideUnverified()
        else { return }
        try ArchiveMemory.forgetSent()
        let segments =
            left.segments == 1
            ? "1 segment of the archive's history has no signature on record"
            : "\(left.segments) segments of the archive's history have no signature on record"
        let results = left.results == 1 ? "1 result" : "\(left.results) results"
        note(
            .note(
                "\(segments) (of \(left.authors.joined(separator: ", "))): they are read again, and \(results) "
                    + "fetched from them do not count until somebody in \(ArchiveConfig.allowedSigners) has signed for them"
            ))
    }
}
