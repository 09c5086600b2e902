import PipelineLedger
import PipelineModel

extension ShippingContext {
    /// What was live in the environment when, from the ledger.
    func timeline() throws -> DeploymentTimeline {
        DeploymentTimeline(try ledger?.deployments(environment: environment.name) ?? [])
    }
}

extension DeploymentTimeline {
    /// Whether a release has ever been live.
    func hasBeenLive(_ release: ReleaseRecord) -> Bool {
        entries.contains {
            $0.deployment.releaseID == release.id && $0.deployment.outcome == "live"
        }
    }
}
