import DeployTargets
import Digests
package import PipelineEngine
import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Posix
import SiteRuntime

/// Has the recorded live release answer again on this machine, and only that one: after a reboot, or after somebody
/// stopped what ran. Nothing is compiled, built, pushed or synced.
package struct BringUp {
    private let context: RunContext

    private var session: RunSession { context.session }

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, session: RunSession
    ) throws {
        guard Self.applies(to: environment) else {
            throw ShippingError.notHere(environment: environment.name)
        }
        context = try RunContext(project, environment, session)
    }

    /// Whether the site of an environment runs on this machine.
    package static func applies(to environment: EnvironmentDefinition) -> Bool {
        switch Registry.target(environment).deployment {
        case .site, .folder: true
        case .none, .service: false
        }
    }

    /// - Parameter again: whether a site that answers is restarted as well, so that it reads its data again.
    package func run(anew: Bool = false) throws -> StageSummary {
        let stage = Stage.up(anew ? "restart" : "up")
        guard let live = try context.timeline().live,
            let release = try session.reader.release(id: live.releaseID)
        else { throw ShippingError.nothingLive(environment: context.environment.name) }
        if !anew, let text = try upToDate(release, live) {
            var summary = StageSummary(stage: stage.name)
            summary.upToDate = 1
            summary.result = text
            summary.address = try context.address()
            return summary
        }
        _ = try context.hold(LeaseOptions(), reason: stage.name)
        try context.bring(release)
        let recording = StepRecording(
            session: session, stage: stage, unit: "\(stage.name)/\(context.environment.name)",
            recipe: ComponentSet([.init("release", String(release.number))]), code: .empty)
        let reason = Reason.external(
            anew ? "to be restarted" : "release \(release.number) does not answer as it should")
        return try recording.run([reason]) {
            let reached = try reached(release, live, stage, anew: anew)
            return StepResult(
                artifacts: [], text: "release \(release.number) answers at \(reached)",
                address: reached)
        }
    }

    private func reached(
        _ release: ReleaseRecord, _ live: DeploymentRecord, _ stage: Stage, anew: Bool
    ) throws -> String {
        if let target = try context.folderTarget(session) {
            let deployer = FolderDeployer(context: context, target: target)
            return try deployer.reconnect(release, live)
                ?? deployer.deploy(release, kind: .deploy) ?? context.environment.name
        }
        let deployer = Deployer(context: context, stage: stage.name)
        let address = try anew ? nil : deployer.reconnect(release, live)
        return try address ?? deployer.deploy(release, kind: .deploy)
    }

    private func upToDate(
        _ release: ReleaseRecord, _ live: DeploymentRecord
    ) throws -> String? {
        if let target = try context.folderTarget() {
            let check = FolderCheck(context: context, target: target)
            if case .upToDate(let text) = try check.status(live, release) { return text }
            return nil
        }
        guard try LiveSite(context: context).complaint(live, release) == nil,
            context.frontFault() == nil
        else { return nil }
        return "release \(release.number) answers at \(context.front().address)"
            + LiveSite.certainty(context.environment)
    }
}

extension Stage {
    /// Stands for the command where events and records name a stage.
    fileprivate static func up(_ name: String) -> Stage {
        Stage(name: name, kind: .deploy, needs: [], content: .deploy(DeployStage()), line: 0)
    }
}
