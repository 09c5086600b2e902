import AWS
import Beanstalk
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import SiteRuntime

/// Whether an environment at AWS still is as it was left.
struct CloudLook {
    let context: ShippingContext
    let cloud: Cloud

    func verdict(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> Verdict {
        _ = try cloud.identity()
        guard let now = try cloud.site(), let place = context.environment.beanstalk else {
            return .work([.outside("the environment is not there")])
        }
        guard now.status == .ready else {
            return .work([
                .outside(
                    "an operation goes on in environment \(place.environment) (\(now.status.text))")
            ])
        }
        guard now.versionLabel == live.version else {
            return .work([
                .outside(
                    "the environment runs version \(now.versionLabel ?? "none"), not \(live.version ?? "none")"
                )
            ])
        }
        let strays = (try cloud.instances() ?? []).filter {
            $0.deployment.map { $0.versionLabel != live.version } ?? false
        }
        if let stray = strays.first {
            return .work([.outside("instance \(stray.instanceId) runs another version")])
        }
        let address = try context.address(of: now)
        let path = context.environment.site.health.path.drop { $0 == "/" }
        let health = SiteHealth.ask(address + path, timeout: 10)
        guard
            health.isGoodAndSilent
                || health.isGood(release: live.release, manifest: record.manifest.hex)
        else {
            let complaint = health.complaint(release: live.release, manifest: record.manifest.hex)
            return .work([.outside("release \(live.release) is not well: \(complaint)")])
        }
        return .upToDate("release \(live.release) answers at \(address)")
    }
}

extension ShippingContext {
    /// Makes the environment run a release, wherever it is.
    func deploy(
        _ release: ReleaseRecord, kind: DeploymentKind, session: RunSession, stage: String
    ) throws -> String {
        guard let cloud else {
            return try Deployer(context: self, session: session, stage: stage)
                .deploy(release, kind: kind)
        }
        return try CloudDeployer(context: self, session: session, stage: stage, cloud: cloud)
            .deploy(release, kind: kind)
    }
}
