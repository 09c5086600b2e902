import PipelineLedger

/// The releases of an environment with all that became of them.
struct ReleasesReport {
    let environment: String
    /// Newest first.
    let releases: [Entry]
    /// The number of the release that is live.
    let live: Int64?
    /// The number of the release that a rollback brings back.
    let fallback: Int64?

    struct Entry {
        let release: ReleaseRecord
        let size: ManifestSize?
        /// Newest first.
        let deployments: [DeploymentTimeline.Entry]
    }
}

extension ReleasesReport {
    init(_ environment: String, ledger: LedgerReader?) throws {
        let timeline = try ledger?.timeline(environment: environment) ?? DeploymentTimeline([])
        self.init(
            environment: environment,
            releases: try ledger?.releases(environment: environment).map { release in
                Entry(
                    release: release, size: try ledger?.manifestSize(release.manifest),
                    deployments: timeline.entries.filter {
                        $0.deployment.releaseID == release.id
                    })
            } ?? [],
            live: timeline.live?.release, fallback: timeline.fallback?.release)
    }
}
