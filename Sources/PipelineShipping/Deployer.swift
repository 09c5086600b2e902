import Digests
import Failures
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import Posix
import Processes
import SiteRuntime
import Slots

/// Makes an environment of this machine run a release: started beside the live one, watched, and only
/// then given the requests. Whatever fails, the release that was live goes on answering.
///
/// Rollback is the same with an older release.
package struct Deployer {
    package let context: ShippingContext
    package let session: RunSession
    package let stage: String

    package init(context: ShippingContext, session: RunSession, stage: String) {
        self.context = context
        self.session = session
        self.stage = stage
    }

    /// - Returns: the address at which the release answers.
    /// - Throws: `ShippingError`; then the environment is as it was.
    package func deploy(_ release: ReleaseRecord, kind: DeploymentKind) throws -> String {
        let history = try context.timeline()
        let slot = try slot(holding: release)
        try mark(slot, release)
        let deployment = try session.writer.beginDeployment(
            environment: context.environment.name, release: release.number, kind: kind,
            replaces: history.live?.release, slot: slot, run: session.run, at: Timestamp.now())
        do {
            let address = try replace(release, deployment, slot)
            try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
            removeOthers(than: deployment)
            return address
        } catch {
            try session.writer.endDeployment(
                deployment, failure: "\(error)", at: Timestamp.now())
            if error is ProcessError { throw error }
            throw ShippingError.notWell(
                release: release.number, error, live: history.live?.release)
        }
    }

    /// The slot that holds the release's data; a slot is filled from the store if none does.
    private func slot(holding release: ReleaseRecord) throws -> String {
        if let slot = try SlotStates(context: context).slot(holding: release.manifest) {
            return slot
        }
        note("no slot holds the data of release \(release.number) any more; filling one")
        let manifest = try DataRelease(context: context).stored(release.manifest)
        guard let stage = context.project.definition.stages.first(where: { $0.kind == .sync })
        else { throw ShippingError.noSyncStage }
        return try SlotFiller(context: context, session: session, stage: stage).fill(manifest).slot
    }

    /// Writes the release's number into the slot's marker; what the slot holds stays the same.
    private func mark(_ slot: String, _ release: ReleaseRecord) throws {
        let route = context.places.route(slot)
        guard var marker = try route.marker(), marker.manifest == release.manifest else {
            throw Failure(
                "slot-differs",
                "slot \(slot) does not hold the data of release \(release.number) any more",
                next: "somebody else has changed it since it was looked at", run: .again)
        }
        guard marker.release != Int(release.number) else { return }
        marker.release = Int(release.number)
        try route.writeMarker(try marker.encoded())
        context.places.forget(slot)
    }

    private func replace(
        _ release: ReleaseRecord, _ deployment: Int64, _ slot: String
    ) throws -> String {
        let runtime = context.runtime()
        let front = context.front()
        let before = front.target()
        removeLeftovers(runtime, keeping: before)
        let start = try start(release, deployment, slot)
        note("starting release \(release.number) beside what runs")
        let instance = try runtime.start(start, cancel: session.cancellation)
        do {
            try watch(instance, release, runtime)
            try front.point(to: instance.port ?? 0)
            try confirm(release, front)
        } catch {
            let log = (try? runtime.logTail(instance, lines: 8)) ?? []
            for line in log { session.emit(.output(stage: stage, line: line)) }
            if let before, front.target() != before { try? front.point(to: before) }
            try? runtime.remove(instance)
            if error is ProcessError { throw error }
            var failure = Failure(of: error)
            failure.said += log.suffix(3)
            throw failure
        }
        return front.address
    }

    private func start(
        _ release: ReleaseRecord, _ deployment: Int64, _ slot: String
    ) throws -> SiteStart {
        let settings = try RunSettings(parsing: release.settings)
        let root = context.project.root
        let data =
            context.absolute(context.places.mounted(slot)) + "/"
            + settings.mountFrom
        let isContainer = context.environment.kind == .local
        var environment = settings.environment
        environment["PIPELINE_RELEASE"] = String(release.number)
        environment["PIPELINE_MANIFEST"] = release.manifest.hex
        environment["PIPELINE_IMAGE"] = release.image ?? ""
        environment["SITE_DATA"] = isContainer ? settings.mountTo : data
        environment["PORT"] = String(settings.containerPort)
        return SiteStart(
            deployment: deployment, release: release.number, image: release.image,
            codeFolder: try release.code.map { try CodeTree(context: context).checkOut($0) },
            command: { @Sendable port in settings.words(port: port, root: root) },
            dataFolder: data, mountTo: settings.mountTo, containerPort: settings.containerPort,
            environment: environment)
    }

    /// A release that has been live before is known to stay up; a new one has to show it.
    private func watch(
        _ instance: SiteInstance, _ release: ReleaseRecord, _ runtime: any SiteRuntime
    ) throws {
        let site = context.environment.site
        let isProven = try context.timeline().hasBeenLive(release.number)
        let address = "http://127.0.0.1:\(instance.port ?? 0)/"
        let watch = HealthWatch(
            url: address + site.health.path.drop { $0 == "/" }, release: release.number,
            manifest: release.manifest.hex, successes: isProven ? 1 : site.health.successes,
            steadyFor: isProven ? 0 : site.health.steadyFor, within: site.health.within,
            cancel: session.cancellation,
            ended: {
                guard let now = try runtime.refresh(instance) else { return "it is gone" }
                return now.end
            })
        try watch.wait()
        for check in site.smoke {
            let test = SmokeTest(path: check.path, status: check.status, contains: check.contains)
            if let failure = test.failure(at: address, cancel: session.cancellation) {
                throw ShippingError.smokeCheckFailed(failure)
            }
        }
    }

    /// Asks at the public address until the release answers there.
    private func confirm(_ release: ReleaseRecord, _ front: Front) throws {
        try HealthWatch(
            url: context.healthAddress(), release: release.number, manifest: release.manifest.hex,
            successes: 1, steadyFor: 0, within: 15, cancel: session.cancellation, ended: { nil }
        ).wait()
    }

    /// Instances that no requests go to: what a killed or failed deployment has left.
    private func removeLeftovers(_ runtime: any SiteRuntime, keeping port: Int?) {
        for instance in (try? runtime.instances()) ?? [] where instance.port != port || port == nil
        {
            try? runtime.remove(instance)
        }
    }

    private func removeOthers(than deployment: Int64) {
        let runtime = context.runtime()
        for instance in (try? runtime.instances()) ?? [] where instance.deployment != deployment {
            try? runtime.remove(instance)
        }
    }

    private func note(_ text: String) { session.emit(.note(text)) }
}
