import Archive
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// What is not known since part of an archive's history was not read, or is not used.
extension ProjectArchive {
    /// Whether all of the history was read in this command.
    var isWhole: Bool { current != nil && unread.damaged.isEmpty && unread.untrusted.isEmpty }

    /// - Parameter what: is not done, since it depends on all of the history.
    /// - Throws: where segments could not be used in this command: what they say is not known.
    package func mustBeWhole(
        _ what: String, evenOfStrangers: Bool, otherwise: String? = nil
    ) throws {
        let gaps = unread.damaged + (evenOfStrangers ? unread.untrusted : [])
        guard let first = gaps.first else { return }
        throw Failure(
            "archive-incomplete",
            "\(what): part of the archive's history cannot be used",
            cause: gaps.count == 1
                ? first.headline : "\(first.headline), and \(gaps.count - 1) more",
            next:
                "let a clone that has read it put it back (pipeline verify --archive --read full, then pipeline run), and "
                + "remove what nobody of the project wrote; then run the command again"
                + (otherwise.map { ", or \($0)" } ?? ""))
    }

    /// - Throws: where it is not known which release was live before the present one: the history was not read in this command, or
    ///   what is not used of it may tell of another.
    func mustKnowFallback(of context: RunContext) throws {
        let what = "which release was live before is not known"
        let otherwise = "pipeline rollback --to N"
        if let silence, !context.isOfThisMachine {
            throw Failure(
                "archive-incomplete", "\(what): the archive does not answer",
                cause: silence.headline,
                next: "see to it that it can be reached, and run the command again; or \(otherwise)"
            )
        }
        try mustBeWhole(what, evenOfStrangers: false, otherwise: otherwise)
        let fallback = try context.timeline().fallback
        let since = fallback.map { $0.endedMs ?? $0.startedMs } ?? 0  // without one any is later
        let later = unread.deployments.filter {
            $0.environment == context.environment.name && $0.endedMs >= since
                && ($0.machine == nil || $0.machine == Host.name)
        }
        guard let first = later.max(by: { $0.endedMs < $1.endedMs }) else { return }
        throw Failure(
            "archive-incomplete",
            "\(what): \(first.author) has deployed release \(first.release), by a part of the history that is not used",
            cause: unread.untrusted.first?.headline,
            next:
                "add the signer to \(ArchiveConfig.allowedSigners), or remove what nobody of the project wrote; or \(otherwise)"
        )
    }
}

/// A place that does not answer lets every command wait. Those that only look ask it once a minute.
extension ProjectArchive {
    private static let seconds: Int64 = 60

    /// - Throws: where the place did not answer in this command.
    package func mustHaveAnswered() throws {
        if let silence { throw silence }
    }

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
