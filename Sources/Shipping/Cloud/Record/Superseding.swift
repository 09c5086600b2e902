import DeployLocking
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// Whether a deployment would replace what a colleague released later with what is older.
struct Superseding {
    let context: ShippingContext
    let cloud: Cloud

    /// What would be replaced, with its author and age; nil where that is this clone's own, the same content, or older
    /// than what is here.
    func finding(_ wanted: ReleaseContent) throws -> String? {
        guard let live = try cloud.record().live, try isAnothers(live),
            live.manifest != wanted.manifest.hex || live.image != wanted.image
        else { return nil }
        switch GitHistory.order(live.commit, GitCommit.current()) {
        case .before: return nil
        case .after: break
        case .same, .unknown: if try isNewer(wanted, than: live) { return nil }
        }
        let age = Self.age(Timestamp.now().nanoseconds / 1_000_000_000 - live.at)
        return
            "version \(live.label) is live, which \(live.by) released \(age) ago; what is here is older"
    }

    private func isAnothers(_ live: DeployRecord.Live) throws -> Bool {
        if let clone = live.clone { return try clone != CloneIdentity.existing() }
        let own = try context.ledger?.deployments(environment: context.environment.name) ?? []
        return !own.contains { !$0.isOthers && $0.version == live.label }
    }

    /// Whether something of it that differs was made here after that release.
    private func isNewer(
        _ wanted: ReleaseContent, than live: DeployRecord.Live
    ) throws -> Bool {
        func isLater(_ milliseconds: Int64?) -> Bool {
            // What is not on record yet is made just now.
            milliseconds.map { $0 > live.at * 1000 } ?? true
        }
        if live.manifest != wanted.manifest.hex,
            isLater(try context.ledger?.firstSeen(manifest: wanted.manifest))
        {
            return true
        }
        guard live.image != wanted.image, let image = wanted.image else { return false }
        return isLater(try context.ledger?.firstSeen(image: image))
    }

    /// `3 min`, `5 h`, `2 days`.
    static func age(_ seconds: Int64) -> String {
        switch max(0, seconds) {
        case let short where short < 7200: "\(short / 60) min"
        case let hours where hours < 172_800: "\(hours / 3600) h"
        case let days: "\(days / 86400) days"
        }
    }
}
