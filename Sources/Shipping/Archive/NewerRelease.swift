import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// Whether a deployment would replace what a colleague released later with what is older, by the history of an archive.
struct NewerRelease {
    let context: ShippingContext

    /// What would be replaced, with its author and age; nil where that is this clone's own, the same content, or older
    /// than what is here.
    func finding(_ wanted: ReleaseContent) throws -> String? {
        if let unread = try unread(wanted) { return unread }
        guard let live = try context.timeline().live, live.isOthers,
            let release = try context.ledger?.release(id: live.releaseID),
            release.contentIdentity != wanted.identity
        else { return nil }
        let at = live.endedMs ?? live.startedMs
        switch GitHistory.order(release.commit, GitCommit.current()) {
        case .before: return nil
        case .after: break
        case .same, .unknown: if try isNewer(wanted, than: release, at) { return nil }
        }
        let age = Superseding.age(Timestamp.now().nanoseconds / 1_000_000_000 - at / 1000)
        let by = "\(live.user ?? "somebody") at \(live.host ?? "an unknown machine")"
        return
            "release \(release.number) is live, which \(by) deployed \(age) ago; what is here is older"
    }

    /// What the place names as live, where no clone has told the archive of it yet, or that was not read.
    private func unread(_ wanted: ReleaseContent) throws -> String? {
        guard context.archive != nil, let found = try NamedRelease(context), !found.isKnown,
            found.manifest != wanted.manifest
        else { return nil }
        if case .before = GitHistory.order(found.commit, GitCommit.current()) { return nil }
        return "\(found.text) is live, and this clone has not read of it"
    }

    /// Whether something of it that differs was first released after that deployment.
    private func isNewer(
        _ wanted: ReleaseContent, than live: ReleaseRecord, _ atMs: Int64
    ) throws -> Bool {
        let releases = try context.ledger?.releases(environment: wanted.environment) ?? []
        func isLater(_ holds: (ReleaseRecord) -> Bool, _ seenMs: Int64?) -> Bool {
            let released = releases.filter(holds).map(\.createdMs).min()
            // What is not on record yet is made just now.
            guard let first = [released, seenMs].compactMap({ $0 }).min() else { return true }
            return first > atMs
        }
        if live.manifest != wanted.manifest,
            isLater(
                { $0.manifest == wanted.manifest },
                try context.ledger?.firstSeen(manifest: wanted.manifest))
        {
            return true
        }
        if live.image != wanted.image, let image = wanted.image,
            isLater({ $0.image == image }, try context.ledger?.firstSeen(image: image))
        {
            return true
        }
        if live.code != wanted.code, let code = wanted.code, isLater({ $0.code == code }, nil) {
            return true
        }
        return live.settings != wanted.settings
            && isLater({ $0.settings == wanted.settings }, nil)
    }
}
