import AWS
import DeployLocking
import DeployTargets
import Digests
import Docker
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import SiteRuntime
import Slots

/// Makes an environment at AWS run a release: its image by digest, and a slot that holds its data.
///
/// Every step is looked at before it is done, so that a run that was killed anywhere is resumed by the
/// same command. What cannot be completed is found before anything is changed or made that costs.
struct CloudDeployer {
    let context: RunContext
    let cloud: Cloud
    let host: any ServiceHost

    private var session: RunSession { context.session }

    /// - Parameter existing: what another clone has released, where this one has only its content on record.
    /// - Returns: the address at which the release answers; nil where nobody can ask it.
    func deploy(
        _ release: ReleaseRecord, kind: DeploymentKind, existing: DeployRecord.Live? = nil
    ) throws -> String? {
        try cloud.confirmCredentials(minutes: 10)
        try confirmImage(release)
        let label = existing.flatMap { VersionLabel($0.label) }
        if let label {
            try host.confirm(existing: label)
        } else {
            try host.confirm(ServiceRelease(release))
        }
        try confirmData(release, existing)
        _ = try host.awaitReady()
        let slot = try slot(holding: release)
        let history = try context.timeline()
        let version = try host.prepare(ServiceRelease(release), slot: slot, existing: label)
        let deployment = try session.writer.beginDeployment(
            environment: context.environment.name, release: release.id, kind: kind,
            replaces: history.live?.releaseID, slot: slot, version: version.text,
            run: session.run, at: Timestamp.now())
        var hasRun = false
        cloud.hasToldToRun = false
        do {
            try host.provide()
            hasRun = true
            let address = try host.run()
            try noteUncertainty()
            if let address {
                try CloudHealth(context: context, session: session)
                    .watch(release, named: version.release, at: address)
            }
            try recordLive(release, version)
            try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
            LedgerCopy(context: context, session: session, cloud: cloud).keep()
            host.prune()
            return address
        } catch let error as any RemoteError where error.goesOn && cloud.lease?.loss == nil {
            // It has no outcome yet: the next run looks for it.
            throw error
        } catch {
            try session.writer.endDeployment(deployment, failure: "\(error)", at: Timestamp.now())
            let log = CloudSiteLog(context: context, session: session, cloud: cloud)
            throw Aftercare(context: context, session: session, cloud: cloud, host: host)
                .error(error, release: release.number, version: version.text, hasRun: hasRun) {
                    log.attached(to: error, deployment: deployment)
                }
        }
    }

    /// Where neither the site nor its instances tell which release they run, that is reported.
    private func noteUncertainty() throws {
        guard context.environment.site.health.identity == .none,
            let uncertainty = try cloud.service?.uncertainty()
        else { return }
        session.emit(.note(uncertainty))
    }

    /// Before anything changes: without its image no instance could start.
    private func confirmImage(_ release: ReleaseRecord) throws {
        guard let image = release.image else { throw ShippingError.notPushed }
        let reference = try ImageReference(image)
        let found = try RegistryAccess(context: context).digest(
            of: reference, cancel: session.cancellation)
        guard found == reference.version else { throw ShippingError.imageGone(image) }
    }

    /// Before anything changes: a slot holds the data, or it can be put into one.
    private func confirmData(
        _ release: ReleaseRecord, _ existing: DeployRecord.Live?
    ) throws {
        if let existing, context.target.service?.versionsHoldSlot == true {
            let held = try cloud.recordedSlots()[existing.slot]?.manifest
            guard held == existing.manifest,
                existing.runs(from: existing.slot, at: cloud.site.owner.place)
            else {
                throw Failure.versionGone(
                    existing.label, "slot \(existing.slot) does not hold its data any more")
            }
            return
        }
        if try SlotStates(context: context).slot(holding: release.manifest) != nil { return }
        let data = DataRelease(context: context)
        let manifest = try data.stored(release.manifest)
        let others = try SlotStates(context: context).all().filter { $0.holds != nil }
        for entry in manifest.entries
        where !others.contains(where: { $0.content.holds(entry) }) {
            try data.confirm(entry)
        }
    }

    /// The slot that holds the release's data; a slot is filled from the store if none does.
    private func slot(holding release: ReleaseRecord) throws -> String {
        if let slot = try SlotStates(context: context).slot(holding: release.manifest) {
            return slot
        }
        session.emit(
            .note("no slot holds the data of release \(release.number) any more; filling one"))
        let manifest = try DataRelease(context: context).stored(release.manifest)
        let stage = try DataStage(context.project, context.environment).stage
        let filled = try SlotFiller(context: context, stage: stage)
            .fill(manifest)
        // What costs is not kept for the minutes of a deployment.
        try cloud.closeRoute()
        return filled.slot
    }

    private func recordLive(_ release: ReleaseRecord, _ label: VersionLabel) throws {
        let identity = try cloud.identity()
        try cloud.recordLive(
            DeployRecord.Live(
                label: label.text, manifest: release.manifest.hex, slot: label.slot,
                image: release.image ?? "", commit: release.commit, by: identity.name,
                at: Timestamp.now().nanoseconds / 1_000_000_000, place: cloud.site.owner.place,
                clone: try CloneIdentity.id(), settings: release.settings))
        cloud.forget()
    }
}

/// What is done and said once a deployment has failed. Each word on what runs follows a look made after the event.
struct Aftercare {
    let context: ShippingContext
    let session: RunSession
    let cloud: Cloud
    let host: any ServiceHost
    /// Seconds for which a site is asked until it answers: after an update back, containers and what stands before them
    /// take a moment.
    var patience = 30.0

    /// The error to tell, after the environment was taken back where that is this run's to do.
    ///
    /// - Parameters:
    ///   - version: the one that was deployed.
    ///   - hasRun: whether it came to having it run.
    ///   - logged: the error with the last lines of the site's log, which are fetched before anything is taken back.
    func error(
        _ error: any Error, release: Int64, version: String, hasRun: Bool,
        logged: () -> any Error
    ) -> any Error {
        // What failed may have failed because the environment is another's by now.
        try? cloud.lease?.confirm()  // try?: the lease keeps a loss; nothing else is one
        if let lost = lost(error, version) { return lost }
        if session.cancellation.isCancelled { return error }
        guard hasRun else { return error }
        let told = logged()
        do {
            let aftermath = try host.goBack()
            return ShippingError.notWell(release: release, told, afterwards: words(aftermath))
        } catch let failed {
            if let lost = lost(failed, version) { return lost }
            session.emit(.note("going back failed too: \(failed)"))
            return ShippingError.notWell(release: release, told, afterwards: seen())
        }
    }

    /// nil while the lease is held, as far as this run knows.
    private func lost(_ error: any Error, _ version: String) -> (any Error)? {
        guard case .lost(let name, done: _)? = (error as? LeaseError) ?? cloud.lease?.loss else {
            return nil
        }
        guard cloud.hasToldToRun else { return LeaseError.lost(by: name) }
        return LeaseError.lost(
            by: name,
            done:
                "before that, this run had told the environment to run version \(version); \(seen())"
        )
    }

    private func words(_ aftermath: Aftermath) -> String {
        switch aftermath {
        case .other(let text): return "The environment was left as it is: \(text)"
        case .before(let version):
            let release =
                VersionLabel(version).map { "Release \($0.release)" } ?? "Version \(version)"
            switch look(version) {
            // Looked at: `look`, after the environment was taken back.
            case .answers: return "\(release) goes on answering"
            case .doesNot(let complaint):
                return
                    "The environment runs version \(version) again, and did not answer as it within "
                    + "\(Int(patience)) s: \(complaint)"
            case .notAsked: return "The environment runs version \(version) again"
            }
        }
    }

    private enum Answer {
        case answers
        /// What was wrong with the last answer.
        case doesNot(String)
        /// Nobody knows whom to ask, or by which number the site knows its release.
        case notAsked
    }

    /// Asks the site until it reports that it is healthy, for `patience` seconds.
    private func look(_ version: String) -> Answer {
        guard let label = VersionLabel(version) else { return .notAsked }
        cloud.forget()
        let found = try? cloud.service?.address()  // try?: nobody to ask, and it reports it
        guard let address = found ?? nil else { return .notAsked }
        let identity = context.environment.site.health.identity.neededAtAWS
        let url = address + context.environment.site.health.path.drop { $0 == "/" }
        let cancel = session.cancellation
        let end = MonotonicClock.nanoseconds() + Int64(patience * 1e9)
        while true {
            let health = SiteHealth.ask(url, timeout: 10, cancel: cancel)
            if health.isGood(release: label.release, manifest: nil, identity: identity) {
                return .answers
            }
            let wait = try? Poll.wait(  // try?: it ends the asking; what was seen last is said
                [(cancel.descriptor, .readable)], timeoutMs: 500)
            if wait == nil || cancel.isCancelled || MonotonicClock.nanoseconds() > end {
                return .doesNot(health.complaint(release: label.release, identity: identity))
            }
        }
    }

    private func seen() -> String {
        do { return "now " + (try host.running()) } catch {
            return "what it runs now could not be asked: \(error)"
        }
    }
}
