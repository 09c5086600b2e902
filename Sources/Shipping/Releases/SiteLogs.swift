import DeployTargets
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix
import SiteRuntime

/// What the sites of an environment on this machine printed, by deployment.
package struct SiteLogs {
    private let context: ShippingContext

    package struct Entry: Hashable, Sendable {
        package let deployment: DeploymentTimeline.Entry
        /// Relative to the project.
        package let path: String
        /// Bytes; nil where nothing was kept.
        package let size: Int64?
    }

    /// nil for an environment of another kind.
    package init?(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?
    ) throws {
        guard case .site = Registry.target(environment).deployment else { return nil }
        context = try ShippingContext(project, environment, ledger: ledger)
    }

    /// Newest first. What containers that run have printed is kept first, so that each log goes up to now.
    package func entries() throws -> [Entry] {
        let runtime = try context.runtime()
        for instance in try runtime.instances() where instance.deployment > 0 {
            try runtime.keepLog(instance)
        }
        return try context.timeline().entries.filter { !$0.deployment.isOthers }.map { entry in
            let path = context.siteLogPath(entry.deployment.id)
            return Entry(
                deployment: entry, path: path, size: try FileSystem.status(path)?.size)
        }
    }
}
