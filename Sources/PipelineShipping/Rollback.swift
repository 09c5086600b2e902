package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Posix

/// Going back to a release that was live before: its image, its data and its settings, together.
package struct Rollback {
    private let context: ShippingContext
    private let session: RunSession
    private let leaseOptions: LeaseOptions

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, session: RunSession,
        leaseOptions: LeaseOptions = LeaseOptions()
    ) throws {
        self.leaseOptions = leaseOptions
        context = try ShippingContext(
            project, environment, ledger: session.reader, cancel: session.cancellation)
        self.session = session
    }

    /// The release to go back to: the one named, else the one that was live before the present one.
    package func target(_ number: Int64?) throws -> ReleaseRecord {
        let environment = context.environment.name
        guard let number else {
            guard let fallback = try context.timeline().fallback,
                let release = try session.reader.release(fallback.release)
            else { throw ShippingError.nothingToRollBackTo(environment: environment) }
            return release
        }
        guard let release = try session.reader.release(number), release.environment == environment
        else { throw ShippingError.releaseUnknown(number, environment: environment) }
        return release
    }

    package func run(to release: ReleaseRecord) throws -> StageSummary {
        let stage = Stage.rollback
        let live = try context.timeline().live?.release
        let recording = StepRecording(
            session: session, stage: stage, unit: "rollback/\(context.environment.name)",
            recipe: ComponentSet([.init("release", String(release.number))]), code: .empty)
        let reason = Reason.outside(
            "back from release \(live.map(String.init) ?? "none") to \(release.number)")
        defer { context.cloud?.release(session) }
        return try recording.run([reason]) {
            try context.cloud?.hold(
                session, reason: "rollback to release \(release.number)", options: leaseOptions)
            let address = try context.deploy(
                release, kind: .rollback, session: session, stage: stage.name)
            return StepResult(
                artifacts: [],
                text: address.map { "release \(release.number) answers at \($0)" }
                    ?? "release \(release.number) runs",
                address: address)
        }
    }
}

extension Stage {
    /// Stands for the rollback where events and records name a stage.
    fileprivate static let rollback = Stage(
        name: "rollback", kind: .deploy, needs: [], content: .deploy(DeployStage()), line: 0)
}
