import Archive
import PipelineEngine
import PipelineLedger
import Posix

/// A place that does not answer lets every command wait. Those that only look ask it once a minute.
extension ProjectArchive {
    private static let seconds: Int64 = 60

    /// - Throws: `ArchiveError` where the place has not answered a command within the last minute.
    func mustNotBeSilent(_ ledger: LedgerWriter, _ note: (RunEvent) -> Void) throws {
        let connection = connection(nil)
        let place = connection.place().name
        guard let since = ArchiveMemory.silentMs(place) else { return }
        let ago = (Timestamp.now().milliseconds - since) / 1000
        // A clock that was set back says nothing.
        guard (0..<Self.seconds).contains(ago) else { return }
        try setAsideUnverified(connection, ledger, note)
        throw ArchiveError.silentBefore(place: place, secondsAgo: ago)
    }
}
