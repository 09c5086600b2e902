import AWS
import Beanstalk
import Bundles
import Digests
import Docker
import OperatorLeases
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import SiteRuntime
import Slots

/// Makes a Beanstalk environment run a release: its image by digest, a slot that holds its data, and a
/// version of the application that joins them, so that going to that version later, by this tool, by
/// Beanstalk's own pages or by a replaced instance, brings the same site.
///
/// Every step is looked at before it is done, so that a run that was killed anywhere is taken up by the
/// same command.
struct CloudDeployer {
    let context: ShippingContext
    let session: RunSession
    let stage: String
    let cloud: Cloud

    /// - Returns: the address at which the release answers.
    func deploy(_ release: ReleaseRecord, kind: DeploymentKind) throws -> String {
        guard let site = site() else { throw ShippingError.notSynced }
        try cloud.confirmCredentials(minutes: 10)
        try confirmImage(release)
        let before = try site.awaitReady()
        let slot = try slot(holding: release)
        let history = try context.timeline()
        let bundle = try CloudBundle(context: context, release: release, slot: slot)
            .make(retaining: try retainedImages(release))
        for warning in bundle.warnings { note(warning.text) }
        let deployment = try session.writer.beginDeployment(
            environment: context.environment.name, release: release.number, kind: kind,
            replaces: history.live?.release, slot: slot, version: bundle.label.text,
            run: session.run, at: Timestamp.now())
        do {
            let address = try run(release, bundle, site)
            try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
            try recordLive(release, bundle.label)
            CloudPruning(context: context, session: session, cloud: cloud, site: site).prune()
            return address
        } catch let error as BeanstalkError where error.goesOn {
            // It has no outcome yet: the next run looks for it.
            throw error
        } catch {
            try session.writer.endDeployment(deployment, failure: "\(error)", at: Timestamp.now())
            if session.cancellation.isCancelled { throw error }
            let answers = try fallBack(to: before.versionLabel, from: bundle.label, site)
            throw ShippingError.unhealthy(
                release: release.number, reason: "\(error)", live: answers)
        }
    }

    private func site() -> BeanstalkSite? {
        var site = cloud.beanstalk(
            journal: LedgerJournal(session: session, environment: context.environment.name),
            cancel: session.cancellation)
        site?.onEvent = { event in
            let severity = event.severity.map { $0 == "INFO" ? "" : "\($0): " } ?? ""
            session.emit(.output(stage: stage, line: severity + event.message))
        }
        site?.onNote = { session.emit(.note($0)) }
        return site
    }

    /// Before anything changes: without its image no instance could start.
    private func confirmImage(_ release: ReleaseRecord) throws {
        guard let image = release.image else { throw ShippingError.notPushed }
        let reference = try ImageReference(image)
        let found = try RegistryAccess(context: context).digest(
            of: reference, cancel: session.cancellation)
        guard found == reference.version else { throw ShippingError.imageGone(image) }
    }

    /// The slot that holds the release's data; a slot is filled from the store if none does.
    private func slot(holding release: ReleaseRecord) throws -> String {
        if let slot = try SlotStates(context: context).slot(holding: release.manifest) {
            return slot
        }
        note("no slot holds the data of release \(release.number) any more; filling one")
        let manifest = try DataRelease(context: context).stored(release.manifest)
        guard let stage = context.project.definition.stages.first(where: { $0.kind == .sync })
        else { throw ShippingError.notSynced }
        let filled = try SlotFiller(context: context, session: session, stage: stage)
            .fill(manifest)
        // What costs is not kept for the minutes of a deployment.
        try cloud.closeRoute()
        return filled.slot
    }

    private func run(
        _ release: ReleaseRecord, _ bundle: CloudBundle.Made, _ site: BeanstalkSite
    ) throws -> String {
        let label = bundle.label.text
        try site.provide(
            WantedVersion(
                label: label,
                description: "pipeline: release \(release.number), data \(release.manifest.short)",
                file: bundle.written.path, digest: bundle.written.digest,
                content: bundle.content,
                bucket: try cloud.bucket(), prefix: "pipeline/\(context.environment.name)"))
        try cloud.confirmLease()
        let now = try site.update(to: label)
        let address = try context.address(of: now)
        try CloudHealth(context: context, session: session).watch(release, at: address)
        return address
    }

    /// Once, and only where the environment does not run that version by itself again.
    ///
    /// - Returns: the release that answers.
    private func fallBack(
        to label: String?, from failed: VersionLabel, _ site: BeanstalkSite
    ) throws -> Int64? {
        guard let label, label != failed.text, let place = context.environment.beanstalk else {
            return nil
        }
        let before = VersionLabel(label)?.release
        guard place.fallsBack, try site.awaitReady().versionLabel != label else { return before }
        note("going back to version \(label)")
        do {
            _ = try site.update(to: label)
            return before
        } catch {
            note("going back failed too: \(error)")
            return nil
        }
    }

    private func recordLive(_ release: ReleaseRecord, _ label: VersionLabel) throws {
        let identity = try cloud.identity()
        try cloud.recordLive(
            OperatorRecord.Live(
                label: label.text, manifest: release.manifest.hex, slot: label.slot,
                image: release.image ?? "", commit: release.commit, by: identity.name,
                at: Timestamp.now().nanoseconds / 1_000_000_000))
        cloud.forget()
    }

    /// Images that the instances need not pull again to go back.
    private func retainedImages(_ release: ReleaseRecord) throws -> [String] {
        let history = try context.timeline()
        let numbers = [history.live?.release, history.fallback?.release].compactMap { $0 }
        let images = try numbers.compactMap { try session.reader.release($0)?.image }
        return Array(Set(images).subtracting([release.image ?? ""])).sorted()
    }

    private func note(_ text: String) { session.emit(.note(text)) }
}
