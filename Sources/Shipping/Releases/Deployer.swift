import DeployTargets
import Digests
import Docker
import Failures
import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import SiteRuntime
import Slots

/// Makes an environment of this machine run a release: started beside the live one, watched, and only
/// then given the requests. Whatever fails, what answered before is left running.
///
/// Rollback is the same with an older release.
package struct Deployer {
    let context: RunContext
    let stage: String

    private var session: RunSession { context.session }

    /// - Returns: the address at which the release answers.
    /// - Throws: `ShippingError`; then the environment is as it was.
    package func deploy(_ release: ReleaseRecord, kind: DeploymentKind) throws -> String {
        let history = try context.timeline()
        // What cannot end well is refused before anything is changed.
        let front = context.front()
        let before = try front.target()
        try front.refuseForeign()
        try confirmImage(release)
        let slots = ReleaseSlot(context: context)
        let slot = try slots.holding(release)
        let links = try links(release, slot)
        let code = try release.code.map {
            try CodeTree(context: context).checkOut($0, links: links)
        }
        try slots.mark(slot, release)
        let deployment = try session.writer.beginDeployment(
            environment: context.environment.name, release: release.id, kind: kind,
            replaces: history.live?.releaseID, slot: slot, run: session.run, at: Timestamp.now())
        do {
            let start = try start(release, deployment, slot, code: code)
            try replace(release, start, front, before: before, live: history.live)
            try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
        } catch {
            try session.writer.endDeployment(
                deployment, failure: "\(error)", at: Timestamp.now())
            if error is ProcessError { throw error }
            throw ShippingError.notWell(
                release: release.number, error, afterwards: try aftermath(history.live))
        }
        retire(front, than: deployment)
        return front.address
    }

    /// Gives the requests to the instance of the live deployment, where it runs and is healthy.
    ///
    /// - Returns: the address; nil where there is none such.
    func reconnect(_ release: ReleaseRecord, _ live: DeploymentRecord) throws -> String? {
        let front = context.front()
        try front.refuseForeign()
        let runtime = try context.runtime()
        let found = try runtime.instances().first { $0.deployment == live.id && $0.end == nil }
        guard let found, let port = found.port else { return nil }
        do {
            try watch(found, release, runtime)
            try front.point(to: port)
            try confirm(release, at: port)
        } catch {
            if session.cancellation.isCancelled { throw error }
            note("the site that runs cannot be used: \(error)")
            return nil
        }
        retire(front, than: live.id)
        return front.address
    }

    /// What answers at the public address, asked after a deployment that failed.
    private func aftermath(_ live: DeploymentRecord?) throws -> String {
        guard let live, let record = try session.reader.release(id: live.releaseID) else {
            return "Nothing was live before"
        }
        guard let complaint = try LiveSite(context: context).complaint(live, record) else {
            // Looked at: the public address, and the instance of a site that names no release.
            return "Release \(live.release) goes on answering"
        }
        return
            "Release \(live.release), which was live, does not answer as it should (\(complaint)); "
            + "`pipeline up --environment \(context.environment.name)` starts it again"
    }

    /// A container is made from an image that is on this machine, or that the registry still has.
    private func confirmImage(_ release: ReleaseRecord) throws {
        guard let image = release.image,
            try context.engine.image(image, cancel: session.cancellation) == nil
        else { return }
        let reference = try ImageReference(image)
        let found = try RegistryAccess(context: context).digest(
            of: reference, cancel: session.cancellation)
        guard found == reference.version else { throw ShippingError.imageGone(image) }
    }

    /// Starts the release alongside the live one, and sends requests to it once it passes its health checks.
    ///
    /// - Parameters:
    ///   - before: the port of the instance that requests go to; nil where there is none.
    ///   - live: the deployment that the ledger has as live.
    private func replace(
        _ release: ReleaseRecord, _ start: SiteStart, _ front: Front, before: Int?,
        live: DeploymentRecord?
    ) throws {
        let runtime = try context.runtime()
        try removeLeftovers(runtime, before: before, live: live?.id)
        let other = before == nil ? nil : live.map { " alongside release \($0.release)" }
        note("starting release \(release.number)\(other ?? "")")
        let instance = try runtime.start(start, cancel: session.cancellation)
        do {
            try watch(instance, release, runtime)
            guard let port = instance.port else { throw SiteRuntimeError.vanished(instance.id) }
            try front.point(to: port)
            try confirm(release, at: port)
        } catch {
            var failure = Failure(of: error)
            attachLog(to: &failure, runtime, instance)
            if putBack(front, before) { remove(instance, runtime) }
            if error is ProcessError { throw error }
            throw failure
        }
    }

    /// The end of what the site printed, with the exception, and where all of it lies.
    private func attachLog(
        to failure: inout Failure, _ runtime: any SiteRuntime, _ instance: SiteInstance
    ) {
        do {
            try runtime.keepLog(instance)
            let log = try runtime.logTail(instance.deployment, lines: 400)
            failure.said += LogExcerpt.lines(log)
            failure.log = context.siteLogPath(instance.deployment)
            for line in log.suffix(8) { session.emit(.output(stage: stage, line: line)) }
        } catch { note("what the site printed could not be read: \(error)") }
    }

    /// - Returns: whether no requests go to the instance that failed.
    private func putBack(_ front: Front, _ before: Int?) -> Bool {
        do {
            guard try front.target() != before else { return true }
            if let before { try front.point(to: before) } else { try front.remove() }
            return true
        } catch {
            note("the front could not be put back: \(error)")
            return false
        }
    }

    private func start(
        _ release: ReleaseRecord, _ deployment: Int64, _ slot: String, code: String?
    ) throws -> SiteStart {
        let settings = try RunSettings(parsing: release.settings)
        let root = context.project.root
        let folder = context.absolute(context.places.mounted(slot))
        let data = folder + "/" + settings.mountFrom
        let isContainer = release.image != nil
        var environment = settings.environment
        for name in context.environment.site.passedEnvironment where environment[name] == nil {
            environment[name] = Environment.value(name)
        }
        environment["PIPELINE_RELEASE"] = String(release.number)
        environment["PIPELINE_MANIFEST"] = release.manifest.hex
        environment["PIPELINE_IMAGE"] = release.image ?? ""
        environment["SITE_DATA"] = isContainer ? settings.mountTo : data
        environment["PORT"] = String(settings.containerPort)
        return SiteStart(
            deployment: deployment, release: release.number, image: release.image,
            codeFolder: code,
            command: { @Sendable port in settings.words(port: port, root: root) },
            mounts: settings.mounts.map { .init(source: "\(folder)/\($0.from)", target: $0.to) },
            containerPort: settings.containerPort,
            environment: environment)
    }

    /// Folders of the slot that the code of a preview finds at paths of its own.
    private func links(_ release: ReleaseRecord, _ slot: String) throws -> [CodeTree.Link] {
        let folder = context.absolute(context.places.mounted(slot))
        return try RunSettings(parsing: release.settings).mounts.filter { !$0.to.hasPrefix("/") }
            .map { .init(path: $0.to, target: "\(folder)/\($0.from)") }
    }

    /// A release that has been live before is known to stay up; a new one has to show it.
    private func watch(
        _ instance: SiteInstance, _ release: ReleaseRecord, _ runtime: any SiteRuntime
    ) throws {
        let site = context.environment.site
        let isProven = try context.timeline().hasBeenLive(release)
        let address = "http://127.0.0.1:\(instance.port ?? 0)/"
        var watch = HealthWatch(
            url: address + site.health.path.drop { $0 == "/" }, release: release.number,
            manifest: release.manifest.hex, successes: isProven ? 1 : site.health.successes,
            steadyFor: isProven ? 0 : site.health.steadyFor, within: site.health.within,
            cancel: session.cancellation,
            ended: {
                guard let now = try runtime.refresh(instance) else { return "it is gone" }
                return now.end
            })
        watch.identity = site.health.identity.needed
        watch.definedAt = (
            site.health.path, "pipeline/environments/\(context.environment.name).yaml"
        )
        watch.holder = { try runtime.portHolder(instance) }
        try watch.wait()
        for check in site.smoke {
            let test = SmokeTest(path: check.path, status: check.status, contains: check.contains)
            if let failure = test.failure(at: address, cancel: session.cancellation) {
                throw ShippingError.smokeCheckFailed(failure)
            }
        }
    }

    /// Asks at the public address until the release answers there. Of a site that names none, the front must hand
    /// requests to its port.
    private func confirm(_ release: ReleaseRecord, at port: Int) throws {
        var watch = HealthWatch(
            url: context.healthAddress(), release: release.number, manifest: release.manifest.hex,
            successes: 1, steadyFor: 0, within: 15, cancel: session.cancellation, ended: { nil })
        watch.identity = context.environment.site.health.identity.needed
        let front = context.front()
        watch.holder = { try front.target() == port ? .instance : .nobody }
        try watch.wait()
    }

    /// Removes what killed and failed deployments have left: what has ended, and what is known to get no requests.
    /// What may be live stays: the instance at the port that the front names, that of the deployment that the ledger
    /// has as live, and all where the front names none.
    private func removeLeftovers(
        _ runtime: any SiteRuntime, before: Int?, live: Int64?
    ) throws {
        for instance in try runtime.instances() {
            let isIdle = before != nil && instance.port != nil && instance.port != before
            if instance.end != nil || isIdle && instance.deployment != live {
                remove(instance, runtime)
            }
        }
    }

    /// Stops all other instances, now that none gets new requests and those under way have had their time.
    private func retire(_ front: Front, than deployment: Int64) {
        do {
            guard try front.drain(cancel: session.cancellation, note: note) else {
                return note("the site before goes on until the next deployment, which stops it")
            }
            let runtime = try context.runtime()
            for instance in try runtime.instances() where instance.deployment != deployment {
                remove(instance, runtime)
            }
        } catch { note("what ran before was not stopped: \(error)") }
    }

    /// What cannot be stopped is reported, and tried again by the next deployment.
    private func remove(_ instance: SiteInstance, _ runtime: any SiteRuntime) {
        do { try runtime.remove(instance) } catch {
            note("site \(instance.id.prefix(12)) was not stopped: \(error)")
        }
    }

    private func note(_ text: String) { session.emit(.note(text)) }
}
