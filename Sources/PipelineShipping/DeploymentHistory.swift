package import PipelineLedger
import PipelineModel

/// What was live when, from the ledger's deployments.
package struct DeploymentHistory {
    /// The deployment that is live.
    package let live: DeploymentRecord?
    /// The newest deployment that was live before, of another release: what a rollback brings back.
    package let fallback: DeploymentRecord?

    package init(_ context: ShippingContext) throws {
        self.init(try context.ledger?.deployments(environment: context.environment.name) ?? [])
    }

    /// - Parameter deployments: newest first.
    package init(_ deployments: [DeploymentRecord]) {
        let successful = deployments.filter { $0.outcome == "live" }
        live = successful.first
        let current = successful.first?.release
        fallback = successful.first { $0.release != current }
    }

    /// Whether a release has ever been live.
    package static func hasBeenLive(_ release: Int64, in deployments: [DeploymentRecord]) -> Bool {
        deployments.contains { $0.release == release && $0.outcome == "live" }
    }
}
