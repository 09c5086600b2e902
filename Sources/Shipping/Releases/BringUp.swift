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
        guard environment.kind.isHere else {
            throw ShippingError.notHere(environment: environment.name)
        }
        context = try RunContext(project, environment, session)
    }

    /// - Parameter again: whether a site that answers is restarted as well, so that it reads its data again.
    package func run(anew: Bool = false) throws -> StageSummary {
        let stage = Stage.up(anew ? "restart" : "up")
        guard let live = try context.timeline().live,
            let release = try session.reader.release(live.release)
        else { throw ShippingError.nothingLive(environment: context.environment.name) }
        if !anew, let text = try upToDate(release) {
            var summary = StageSummary(stage: stage.name)
            summary.upToDate = 1
            summary.result = text
            summary.address = context.front().address
            return summary
        }
        let recording = StepRecording(
            session: session, stage: stage, unit: "\(stage.name)/\(context.environment.name)",
            recipe: ComponentSet([.init("release", String(release.number))]), code: .empty)
        let reason = Reason.outside(
            anew ? "to be restarted" : "release \(release.number) does not answer as it should")
        return try recording.run([reason]) {
            let deployer = Deployer(context: context, stage: stage.name)
            let address = try anew ? nil : deployer.reconnect(release, live)
            let reached = try address ?? deployer.deploy(release, kind: .deploy)
            return StepResult(
                artifacts: [], text: "release \(release.number) answers at \(reached)",
                address: reached)
        }
    }

    private func upToDate(_ release: ReleaseRecord) throws -> String? {
        let health = SiteHealth.ask(context.healthAddress(), timeout: 5)
        guard health.isGood(release: release.number, manifest: release.manifest.hex),
            context.frontFault() == nil
        else { return nil }
        return "release \(release.number) answers at \(context.front().address)"
    }
}

extension Stage {
    /// Stands for the command where events and records name a stage.
    fileprivate static func up(_ name: String) -> Stage {
        Stage(name: name, kind: .deploy, needs: [], content: .deploy(DeployStage()), line: 0)
    }
}
