import DeployTargets
import Digests
package import PipelineEngine
import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Posix
import SiteRuntime

/// Has the recorded live release answer again on this machine, and only that one: after a reboot, or after somebody
/// stopped what ran. Nothing is compiled, built, pushed or synced, and no other release that is live is replaced.
package struct BringUp {
    private let context: RunContext
    private let leaseOptions: LeaseOptions

    private var session: RunSession { context.session }

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, session: RunSession,
        leaseOptions: LeaseOptions = LeaseOptions()
    ) throws {
        guard Self.applies(to: environment) else {
            throw ShippingError.notHere(environment: environment.name)
        }
        self.leaseOptions = leaseOptions
        context = try RunContext(project, environment, session)
    }

    /// Whether the site of an environment runs on this machine.
    package static func applies(to environment: EnvironmentDefinition) -> Bool {
        switch Registry.target(environment).deployment {
        case .site, .folder: true
        case .none, .service: false
        }
    }

    /// The deployment that is live by the ledger, and its release.
    private typealias Live = (deployment: DeploymentRecord, release: ReleaseRecord)

    /// - Parameter again: whether a site that answers is restarted as well, so that it reads its data again.
    package func run(anew: Bool = false) throws -> StageSummary {
        let stage = Stage.up(anew ? "restart" : "up")
        var live = try live()
        if !anew, let summary = try upToDate(live, stage) { return summary }
        // Where the place names this release, it is only served again, and nothing is changed there.
        if try !isNamed(live), try hold(stage) {
            // Chosen again: while it was waited, another operator may have released.
            live = try self.live()
            if !anew, let summary = try upToDate(live, stage) { return summary }
        }
        let number = live.release.number
        let recording = StepRecording(
            session: session, stage: stage, unit: "\(stage.name)/\(context.environment.name)",
            recipe: ComponentSet([.init("release", String(number))]), code: .empty)
        let reason = Reason.external(
            anew ? "to be restarted" : "release \(number) does not answer as it should")
        return try recording.run([reason]) {
            let reached = try reached(live, stage, anew: anew)
            return StepResult(
                artifacts: [], text: "release \(number) answers at \(reached)", address: reached)
        }
    }

    private func live() throws -> Live {
        guard let live = try context.timeline().live,
            let release = try session.reader.release(id: live.releaseID)
        else { throw ShippingError.nothingLive(environment: context.environment.name) }
        // Of a colleague's release the lists lie in the archive, and what is live is compared with them.
        try context.bring(release)
        return (live, release)
    }

    private func hold(_ stage: Stage) throws -> Bool {
        try context.hold(leaseOptions, reason: stage.name)
    }

    private func reached(_ live: Live, _ stage: Stage, anew: Bool) throws -> String {
        if let target = try context.folderTarget(session) {
            let deployer = FolderDeployer(context: context, target: target)
            if let address = try deployer.reconnect(live.release, live.deployment) {
                return address
            }
            _ = try hold(stage)
            try refuseOther(than: live)
            return try deployer.deploy(live.release, kind: .deploy) ?? context.environment.name
        }
        let deployer = Deployer(context: context, stage: stage.name)
        let address = try anew ? nil : deployer.reconnect(live.release, live.deployment)
        return try address ?? deployer.deploy(live.release, kind: .deploy)
    }

    // MARK: What is live at the place

    /// Whether the place names the folder of the live release, whose marker names the release.
    private func isNamed(_ live: Live) throws -> Bool {
        guard let target = try context.folderTarget(session), let slot = live.deployment.slot,
            try target.live() == .folder(slot)
        else { return false }
        return try FolderCheck(context: context, target: target).markerFault(
            slot, live.release.number, live.release.manifest) == nil
    }

    /// Asked under the lock. A release that the history knows was replaced: what makes it live again is no deployment.
    ///
    /// - Throws: `ShippingError.otherLive` where another is live that the history does not tell of, or may not tell of.
    private func refuseOther(than live: Live) throws {
        let now = try self.live()
        guard now.deployment.id == live.deployment.id else {
            throw otherLive("release \(now.release.number)", than: live)
        }
        guard let found = try NamedRelease(context) else { return }
        if found.number == live.release.number, found.manifest == live.release.manifest { return }
        guard found.isKnown, context.archive?.isWhole != false else {
            throw otherLive(found.text, than: live)
        }
    }

    private func otherLive(_ found: String, than live: Live) -> ShippingError {
        .otherLive(
            found, recorded: live.release.number, environment: context.environment.name)
    }

    private func upToDate(_ live: Live, _ stage: Stage) throws -> StageSummary? {
        guard let text = try upToDate(live) else { return nil }
        var summary = StageSummary(stage: stage.name)
        summary.upToDate = 1
        summary.result = text
        summary.address = try context.address()
        return summary
    }

    private func upToDate(_ live: Live) throws -> String? {
        if let target = try context.folderTarget() {
            let check = FolderCheck(context: context, target: target)
            if case .upToDate(let text) = try check.status(live.deployment, live.release) {
                return text
            }
            return nil
        }
        guard try LiveSite(context: context).complaint(live.deployment, live.release) == nil,
            context.frontFault() == nil
        else { return nil }
        return "release \(live.release.number) answers at \(context.front().address)"
            + LiveSite.certainty(context.environment)
    }
}

extension Stage {
    /// Stands for the command where events and records name a stage.
    fileprivate static func up(_ name: String) -> Stage {
        Stage(name: name, kind: .deploy, needs: [], content: .deploy(DeployStage()), line: 0)
    }
}
