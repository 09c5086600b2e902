import Digests
import PipelineLedger
import PipelinePlanning
import PipelineShipping

/// Why there is a release: how it differs from the one before it, and what made what is new in its data.
struct WhyRelease {
    let release: ReleaseRecord
    /// The one that it replaced when it first went live; else the one before it in its environment.
    let before: ReleaseRecord?
    let run: RunRecord?
    /// Newest first.
    let deployments: [DeploymentTimeline.Entry]
    /// Commit, image, code, data manifest, settings.
    let changes: [ComponentChange]
    /// nil where the store has one of the two lists no more.
    let data: [FileChange]?

    /// A data file that is not as it was.
    struct FileChange: Hashable {
        let path: String
        let kind: Kind
        /// What made it as it is in this release; nil for what nothing made, or what is gone.
        let maker: Maker?
    }

    enum Kind: String { case added, changed, removed }

    struct Maker: Hashable {
        let unit: String
        let run: Int64
        let reasons: [String]
    }
}

extension WhyRelease {
    /// - Throws: `NoRelease`.
    init(
        _ number: Int64, environment: String?, contents: ReleaseContents, ledger: LedgerReader
    ) throws {
        guard let release = try ledger.release(number, environment: environment) else {
            throw NoRelease(number: number)
        }
        self.release = release
        run = try ledger.run(of: release)
        let timeline = try ledger.timeline(environment: release.environment)
        deployments = timeline.entries.filter { $0.deployment.releaseID == release.id }
        let replaced = deployments.last?.deployment.replaces
        let others = try ledger.releases(environment: release.environment)
        let before =
            others.first { $0.number == replaced } ?? others.first { $0.number < number }
        self.before = before
        changes = before.map { Self.changes(from: $0, to: release) } ?? []
        data = try Self.data(from: before, to: release, contents, ledger, last: run?.id ?? .max)
    }

    private static func changes(
        from before: ReleaseRecord, to after: ReleaseRecord
    ) -> [ComponentChange] {
        let rows: [(String, String?, String?)] = [
            ("commit", before.commit, after.commit),
            (
                "image", before.image.flatMap(ShortDigest.ofImage),
                after.image.flatMap(ShortDigest.ofImage)
            ),
            ("code", before.code?.short, after.code?.short),
            ("data manifest", before.manifest.short, after.manifest.short),
            ("settings", before.configuration.short, after.configuration.short),
        ]
        return rows.filter { $0.1 != $0.2 }.map {
            ComponentChange(name: $0.0, before: $0.1, after: $0.2)
        }
    }

    private static func data(
        from before: ReleaseRecord?, to after: ReleaseRecord, _ contents: ReleaseContents,
        _ ledger: LedgerReader, last: Int64
    ) throws -> [FileChange]? {
        guard let new = try contents.data(after) else { return nil }
        guard let old = try before.map({ try contents.data($0) }) ?? [] else { return nil }
        let known = Dictionary(old.map { ($0.path, $0.digest) }) { $1 }
        var changes: [FileChange] = []
        for file in new where known[file.path] != file.digest {
            let makers = try ledger.makers(of: file.path, digest: file.digest)
            let maker = try (makers.first { $0.run <= last } ?? makers.last).map { made in
                Maker(
                    unit: made.unit, run: made.run,
                    reasons: try ledger.attempt(made.attempt)?.reasons.map(\.text) ?? [])
            }
            changes.append(
                FileChange(
                    path: file.path, kind: known[file.path] == nil ? .added : .changed,
                    maker: maker))
        }
        let present = Set(new.map(\.path))
        changes += old.filter { !present.contains($0.path) }.map {
            FileChange(path: $0.path, kind: .removed, maker: nil)
        }
        return changes
    }
}
