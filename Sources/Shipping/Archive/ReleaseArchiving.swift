import Archive
import ArchiveHistory
import DeployTargets
import Digests
import Failures
package import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes

/// Gives releases their numbers, and brings releases and deployments into an archive's history.
struct ReleaseArchiving {
    let project: Project
    let session: RunSession
    let archive: String
    let sender: ArchiveSender
    let place: ArchivePlace

    private var store: Store { Store(root: Project.storePath) }
    private var reader: LedgerReader { session.reader }

    /// Bytes of contents in a segment, beyond which none is added: what a killed run has sent is not sent again.
    private static let mostBytes: Int64 = 32 << 20

    // MARK: Numbers

    /// The number of a content: the one that the environment knows it by, no matter which clone made it, else a new one.
    func number(for content: ReleaseContent) throws -> Int64 {
        let (environment, identity) = (content.environment, content.identity)
        let known = try reader.releases(
            environment: environment, identity: identity, archive: archive)
        if let named = known.first, named.archive == archive { return named.number }
        // What this clone made before there was an archive keeps its number, where nobody has it.
        for release in known where try give(release.number, to: content) { return release.number }
        let given = try ReleaseNumbers(place, environment: environment).all()
        for number in given.sorted(by: >) where try isUnknown(number, environment) {
            // Given out just now, and in no history yet.
            let holder = try ReleaseNumbers(place, environment: environment).holder(of: number)
            if holder == identity { return number }
        }
        var number = max(try reader.highestReleaseNumber(), given.max() ?? 0) + 1
        while try !give(number, to: content) { number += 1 }
        return number
    }

    private func isUnknown(_ number: Int64, _ environment: String) throws -> Bool {
        try reader.release(number, environment: environment)?.archive != archive
    }

    private func give(_ number: Int64, to content: ReleaseContent) throws -> Bool {
        try ReleaseNumbers(place, environment: content.environment).give(
            number, to: content.identity, author: ArchiveConnection.author,
            madeMs: Timestamp.now().milliseconds)
    }

    // MARK: Contents

    /// Sends what a release is made of, as far as the archive has not got it.
    ///
    /// - Returns: names of what neither the archive nor the store has.
    /// - Throws: where something could not be sent.
    func send(partsOf release: ReleaseRecord) throws -> [String] {
        let parts = try ReleaseParts(release, in: store)
        // What was found to be unneeded may be removed at any time.
        let unneeded = Set(
            try ArchiveCollecting(place: place, archive: archive).marks().since.keys)
        func isArchived(_ digest: Digest) throws -> Bool {
            try reader.archivedObjects(digest, in: archive).contains {
                !unneeded.contains($0.path)
            }
        }
        var lacking = try parts.lacking.filter { try !isArchived($0.digest) }.map(\.name)
        var batch: [Digest: Int64] = [:]
        var bytes: Int64 = 0
        func flush() throws {
            guard !batch.isEmpty else { return }
            let sent = try sender.send(HistorySegment(head: sender.head()), contents: batch)
            lacking += sent.lacking.map { "\($0.short), which is damaged in the store" }
            (batch, bytes) = ([:], 0)
        }
        for (digest, size) in parts.present.sorted(by: { $0.key < $1.key })
        where try !isArchived(digest) {
            batch[digest] = size
            bytes += size
            if bytes > Self.mostBytes { try flush() }
        }
        try flush()
        return lacking
    }

    // MARK: History

    /// Adds a release to the history, where it is not there yet.
    func send(_ release: ReleaseRecord) throws {
        guard try !reader.knows(release, in: archive) else { return }
        var segment = HistorySegment(head: sender.head())
        segment.releases = [release.archived(by: ArchiveConnection.author)]
        _ = try sender.send(segment, contents: [:])
    }

    /// Adds all deployments of this clone's that have ended and are not in the history, each with its release and with what that
    /// is made of.
    func sendDeployments() throws {
        var left: Set<Int64> = []
        for unsent in try reader.unsentDeployments(to: archive) {
            let (release, deployment) = (unsent.release, unsent.deployment)
            if try isTaken(release) { continue }
            let isNumbered =
                try release.archive == archive || reader.knows(release, in: archive)
                || give(release.number, to: release.content)
            guard isNumbered else {
                if left.insert(release.id).inserted {
                    session.emit(
                        .note(
                            "release \(release.number) (\(release.environment)) stays this clone's own: the "
                                + "environment knows another release by that number"))
                }
                continue
            }
            _ = try send(partsOf: release)
            var segment = HistorySegment(head: sender.head())
            segment.releases = [release.archived(by: unsent.author)]
            segment.deployments = [
                deployment.archived(
                    by: unsent.author, machine: machine(release.environment, unsent.author.host))
            ]
            _ = try sender.send(segment, contents: [:])
        }
    }

    /// Whether the environment knows another release by the number, which this clone gave before there was an archive.
    private func isTaken(_ release: ReleaseRecord) throws -> Bool {
        guard let known = try reader.release(release.number, environment: release.environment)
        else { return false }
        return known.archive == archive && known.contentIdentity != release.contentIdentity
    }

    /// The machine whose site a deployment concerns; nil where the environment is one for all machines, or is described no more.
    private func machine(_ environment: String, _ host: String) -> String? {
        guard
            let found = try? project.environment(environment),  // try?: described no more
            case .site = Registry.target(found).deployment
        else { return nil }
        return host
    }
}

extension ProjectArchive {
    /// Adds to the history what this clone has deployed and the archive does not know. It never fails a run.
    package func sendReleases(_ session: RunSession) {
        guard !session.cancellation.isCancelled, let archiving = archiving(session) else { return }
        do { try archiving.sendDeployments() } catch ProcessError.interrupted { return } catch {
            guard !session.cancellation.isCancelled else { return }
            session.emit(
                .note(
                    "deployments are not sent: \(Failure(of: error).headline); the next run sends them"
                ))
        }
    }

    /// nil where nothing can be added: the archive is read only, or does not answer.
    func archiving(_ session: RunSession) -> ReleaseArchiving? {
        adding.map {
            ReleaseArchiving(
                project: session.project, session: session, archive: $0.archive, sender: $0.sender,
                place: connection(session.cancellation).place())
        }
    }
}

extension ReleaseRecord {
    /// - Parameter author: where it is not on record who made it.
    fileprivate func archived(by author: Author) -> ArchivedRelease {
        ArchivedRelease(
            environment: environment, number: number, image: image, code: code,
            manifest: manifest, bundle: bundle, settings: settings, commit: commit,
            createdMs: createdMs, author: maker ?? author)
    }
}

extension DeploymentRecord {
    fileprivate func archived(by author: Author, machine: String?) -> ArchivedDeployment {
        ArchivedDeployment(
            environment: environment, release: release, kind: kind.rawValue, replaces: replaces,
            outcome: outcome ?? "interrupted", slot: slot, version: version, startedMs: startedMs,
            endedMs: endedMs ?? startedMs, message: message, author: author, machine: machine)
    }
}
