import Digests
import PipelineEngine
import PipelineLedger
import PipelineShipping
import Slots

/// What a release changed against the one before it in its environment.
struct ReleaseChange {
    /// The number of the one before.
    let since: Int64
    /// The image, or the code tree of a preview.
    let isCodeChanged: Bool
    let areSettingsChanged: Bool
    let commits: [GitHistory.Commit]
    /// How many more there are.
    let commitsLeftOut: Int
    let data: Data?

    struct Data {
        let added: Sum
        let changed: Sum
        let removed: Sum
        /// The largest, sorted by path.
        let files: [ManifestChange]
    }

    /// Files, and the bytes that they have after the change; before it for those that are gone.
    struct Sum {
        var files = 0
        var bytes: Int64 = 0

        init(_ sizes: [Int64]) {
            files = sizes.count
            bytes = sizes.reduce(0, +)
        }
    }
}

extension ReleaseChange {
    init(_ before: ReleaseRecord, _ after: ReleaseRecord, _ manifests: ManifestHistory) {
        let commits = GitHistory.commits(from: before.commit, to: after.commit)
        self.init(
            since: before.number,
            isCodeChanged: before.image != after.image || before.code != after.code,
            areSettingsChanged: before.configuration != after.configuration,
            commits: commits.shown, commitsLeftOut: commits.leftOut,
            data: manifests.changes(from: before.manifest, to: after.manifest).map(Data.init))
    }
}

extension ReleaseChange.Data {
    init(_ changes: [ManifestChange]) {
        self.init(
            added: .init(changes.filter { $0.before == nil }.compactMap(\.after)),
            changed: .init(changes.filter { $0.before != nil }.compactMap(\.after)),
            removed: .init(changes.filter { $0.after == nil }.compactMap(\.before)),
            files: changes.sorted { $0.size > $1.size }.prefix(40).sorted { $0.path < $1.path })
    }
}

extension ManifestChange {
    /// Bytes, for finding the largest.
    fileprivate var size: Int64 { max(before ?? 0, after ?? 0) }
}

/// What changed from release to release, remembered: releases never change.
final class ReleaseChanges {
    private let manifests = ManifestHistory()
    private var known: [[Int64]: ReleaseChange] = [:]

    /// How many of an environment's newest releases are compared.
    private static let limit = 50

    /// - Parameter releases: of one environment, newest first.
    func changes(_ releases: [ReleaseRecord]) -> [Int64: ReleaseChange] {
        var changes: [Int64: ReleaseChange] = [:]
        for (after, before) in zip(releases, releases.dropFirst()).prefix(Self.limit) {
            let pair = [before.number, after.number]
            let change = known[pair] ?? ReleaseChange(before, after, manifests)
            known[pair] = change
            changes[after.number] = change
        }
        return changes
    }
}
