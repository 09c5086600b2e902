import Digests
package import Failures

/// Why a slot was not filled. It has no marker then, unless nothing was touched yet.
package enum SlotWriterError: Explained {
    case route(TransportError)
    case deleteStorm(DeleteLimitExceeded)
    /// The caller has no file for this one, and says why.
    case noSource(DataManifest.Entry, any Error)
    /// After everything was sent the slot still holds something else: somebody writes to it.
    case notAsPlanned(wrong: [RelativePath])
    /// What must be sent does not fit; nothing was touched.
    case noRoom(needed: Int64, free: Int64)
    /// Another filling has the slot by now. How much this one had done before that was noticed.
    case overtaken(by: String?, sent: Int, deleted: Int)
    /// The local journal of the filling.
    case journal(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .route(let error): error.failure
        case .deleteStorm(let storm): storm.failure
        case .noSource(_, let error as any Explained): error.failure
        case .noSource(let entry, let error):
            Failure(
                "slot-no-source",
                "there is no file with the content \(entry.digest.short) of \"\(entry.path)\"",
                cause: "\(error)", run: .again)
        case .notAsPlanned(let wrong):
            Failure(
                "slot-differs",
                "the slot does not hold what was sent, \(wrong.count) paths differ (first \""
                    + "\(wrong.first?.text ?? "")\")",
                next: "check that nobody else writes to it", run: .again)
        case .noRoom(let needed, let free):
            Failure(
                "slot-no-room",
                "\(needed) bytes are to be sent, and the place of the slot has room for \(free); nothing was "
                    + "touched", next: "free some", run: .again)
        case .overtaken(let other, let sent, let deleted):
            TransportError.overtaken(
                other, done: "\(sent) files had been sent, and \(deleted) deleted")
        case .journal(let reason):
            Failure(
                "slot-journal", "the journal of the filling cannot be kept", cause: reason,
                next: "check the folder .pipeline", run: .again)
        }
    }
}
