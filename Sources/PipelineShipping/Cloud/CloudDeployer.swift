import AWS
import Digests
import Docker
import Failures
import OperatorLeases
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots

/// Makes an environment at AWS run a release: its image by digest, and a slot that holds its data.
///
/// Every step is looked at before it is done, so that a run that was killed anywhere is taken up by the
/// same command.
struct CloudDeployer {
    let context: ShippingContext
    let session: RunSession
    let stage: String
    let cloud: Cloud

    /// - Returns: the address at which the release answers; nil where nobody can ask it.
    func deploy(_ release: ReleaseRecord, kind: DeploymentKind) throws -> String? {
        guard let host = cloud.host(context, session, stage: stage) else {
            throw Failure(
                "not-at-aws", "environment \"\(context.environment.name)\" is not at AWS")
        }
        try cloud.confirmCredentials(minutes: 10)
        try confirmImage(release)
        let before = try host.awaitReady()
        let slot = try slot(holding: release)
        let history = try context.timeline()
        let label = try host.prepare(release, slot: slot)
        let deployment = try session.writer.beginDeployment(
            environment: context.environment.name, release: release.number, kind: kind,
            replaces: history.live?.release, slot: slot, version: label.text,
            run: session.run, at: Timestamp.now())
        do {
            let address = try run(release, host)
            try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
            try recordLive(release, label)
            LedgerCopy(context: context, session: session, cloud: cloud).keep()
            host.prune()
            return address
        } catch let error as any RemoteError where error.goesOn {
            // It has no outcome yet: the next run looks for it.
            throw error
        } catch {
            try session.writer.endDeployment(deployment, failure: "\(error)", at: Timestamp.now())
            if session.cancellation.isCancelled { throw error }
            let log = CloudSiteLog(context: context, session: session, cloud: cloud)
            throw ShippingError.notWell(
                release: release.number, log.attached(to: error, deployment: deployment),
                live: goBack(host) ? before.flatMap { VersionLabel($0)?.release } : nil)
        }
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
        else { throw ShippingError.noSyncStage }
        let filled = try SlotFiller(context: context, session: session, stage: stage)
            .fill(manifest)
        // What costs is not kept for the minutes of a deployment.
        try cloud.closeRoute()
        return filled.slot
    }

    private func run(_ release: ReleaseRecord, _ host: any CloudHost) throws -> String? {
        try host.provide()
        try cloud.confirmLease()
        let address = try host.run()
        if let address {
            try CloudHealth(context: context, session: session).watch(release, at: address)
        }
        return address
    }

    private func goBack(_ host: any CloudHost) -> Bool {
        do { return try host.goBack() } catch {
            note("going back failed too: \(error)")
            return false
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

    private func note(_ text: String) { session.emit(.note(text)) }
}
