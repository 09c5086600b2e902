import AWS
import Beanstalk
import DeployLocking
import Digests
import ECSTasks
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import SiteRuntime

/// Whether an environment at AWS still is as it was left.
struct CloudLook {
    let context: ShippingContext
    let cloud: Cloud

    func verdict(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> StepStatus {
        _ = try cloud.identity()
        if let moved = try moved() { return .work([.outside(moved)]) }
        if let difference = try site(live) ?? services(live) {
            return .work([.outside(difference)])
        }
        guard let address = try cloud.address(context) else {
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
            return .work([.outside("release \(live.release) is not well: \(complaint)")])
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

    /// How the Beanstalk environment differs from what it was left as.
    private func site(_ live: DeploymentRecord) throws -> String? {
        guard let place = context.environment.beanstalk else { return nil }
        guard let now = try cloud.beanstalkEnvironment() else {
            return "the environment is not there"
        }
        guard now.status == .ready else {
            return "an operation goes on in environment \(place.environment) (\(now.status.text))"
        }
        guard now.versionLabel == live.version else {
            return
                "the environment runs version \(now.versionLabel ?? "none"), not \(live.version ?? "none")"
        }
        let stray = (try cloud.instances() ?? []).first {
            $0.deployment.map { $0.versionLabel != live.version } ?? false
        }
        return stray.map { "instance \($0.instanceId) runs another version" }
    }

    /// How the services differ from what they were left as.
    private func services(_ live: DeploymentRecord) throws -> String? {
        for service in try cloud.services() {
            if service.isBusy { return "service \(service.name) is being changed" }
            if service.version != live.version {
                return
                    "service \(service.name) runs version \(service.version ?? "none"), not \(live.version ?? "none")"
            }
            if !service.isSteady { return "not all tasks of service \(service.name) run" }
        }
        return nil
    }
}

extension RunContext {
    /// Makes the environment run a release, wherever it is.
    func deploy(
        _ release: ReleaseRecord, kind: DeploymentKind, stage: String,
        existing: DeployRecord.Live? = nil
    ) throws -> String? {
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
            throw Failure("not-at-aws", "environment \"\(environment.name)\" is not at AWS")
        }
        return try CloudDeployer(context: self, cloud: cloud, host: host)
            .deploy(release, kind: kind, existing: existing)
    }
}
