import AWS
import DeployLocking
import DeployTargets
import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import SiteRuntime

/// Whether an environment at AWS still is as it was left.
struct CloudCheck {
    let context: ShippingContext
    let cloud: Cloud

    func status(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> StepStatus {
        _ = try cloud.identity()
        if let moved = try moved() { return .work([.external(moved)]) }
        if let difference = try cloud.service?.difference(from: live.version) {
            return .work([.external(difference)])
        }
        guard let address = try cloud.service?.address() else {
            return .upToDate("release \(live.release) runs")
        }
        let path = context.environment.site.health.path.drop { $0 == "/" }
        let health = SiteHealth.ask(address + path, timeout: 10)
        // By which the site knows it: another clone may have made the version.
        let number = live.version.flatMap { VersionLabel($0)?.release } ?? live.release
        let identity = context.environment.site.health.identity.neededAtAWS
        let manifest = record.manifest.hex
        guard health.isGood(release: number, manifest: manifest, identity: identity) else {
            let complaint = health.complaint(
                release: number, manifest: manifest, identity: identity)
            return .work([.external("release \(live.release) is not healthy: \(complaint)")])
        }
        return .upToDate(
            "release \(live.release) answers at \(address)"
                + LiveSite.certainty(context.environment))
    }

    /// What is live reads from a file system or root that the environment's file does not name any more.
    private func moved() throws -> String? {
        guard let place = try cloud.record().live?.place, place != cloud.site.owner.place else {
            return nil
        }
        return
            "what is live reads its data at \(place), and the environment's file says \(cloud.site.owner.place)"
    }
}

extension RunContext {
    /// Makes the environment run a release, wherever it is.
    func deploy(
        _ release: ReleaseRecord, kind: DeploymentKind, stage: String,
        existing: DeployRecord.Live? = nil
    ) throws -> String? {
        try bring(release)
        try archive(release, before: kind)
        try archive?.confirmHeld(environment.name)
        // However it ends, the others are to know.
        defer { archive?.sendReleases(session) }
        let reload = Reload(self)
        let intent = try reload?.intend(release)
        let address = try run(release, kind: kind, stage: stage, existing: existing)
        if let reload, let intent { try reload.run(intent, release, at: address) }
        return address
    }

    private func run(
        _ release: ReleaseRecord, kind: DeploymentKind, stage: String,
        existing: DeployRecord.Live?
    ) throws -> String? {
        if let target = try folderTarget(session) {
            return try FolderDeployer(context: self, target: target)
                .deploy(release, kind: kind)
        }
        guard let cloud else {
            return try Deployer(context: self, stage: stage).deploy(release, kind: kind)
        }
        guard let host = cloud.host(self, session, stage: stage) else {
            throw CloudError.notCloud(environment: environment.name)
        }
        return try CloudDeployer(context: self, cloud: cloud, host: host)
            .deploy(release, kind: kind, existing: existing)
    }
}
