import DeployLocking
import DeployTargets
import Digests
import Failures
package import PipelineEngine
import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Posix

/// Going back to a release that was live before: its image, its data and its settings, together.
package struct Rollback {
    private let context: RunContext
    private let leaseOptions: LeaseOptions

    private var session: RunSession { context.session }

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, session: RunSession,
        leaseOptions: LeaseOptions = LeaseOptions()
    ) throws {
        self.leaseOptions = leaseOptions
        context = try RunContext(project, environment, session)
    }

    /// What to go back to.
    enum Target {
        /// A release of this clone's.
        case own(ReleaseRecord)
        /// What another clone released, as the operators' record has it.
        case shared(DeployRecord.Live, commit: String?)
    }

    /// The release named, else the one that was live before the present one: in an environment that several operators
    /// change, no matter who released it.
    func target(_ number: Int64?) throws -> Target {
        let environment = context.environment.name
        if let number {
            guard let release = try session.reader.release(number, environment: environment)
            else { throw ShippingError.releaseUnknown(number, environment: environment) }
            return .own(release)
        }
        if let cloud = context.cloud, let previous = try cloud.record().previous {
            let own = try session.reader.deployments(environment: environment)
                .first { !$0.isOthers && $0.version == previous.label }
            if let own, let release = try session.reader.release(id: own.releaseID),
                release.manifest.hex == previous.manifest, release.image == previous.image
            {
                return .own(release)
            }
            return .shared(previous, commit: previous.commit)
        }
        try context.archive?.mustKnowFallback(of: context)
        guard let fallback = try context.timeline().fallback,
            let release = try session.reader.release(id: fallback.releaseID)
        else { throw ShippingError.nothingToRollBackTo(environment: environment) }
        return .own(release)
    }

    /// - Parameter number: of the release to go back to; nil for the one that was live before the present one.
    package func run(to number: Int64?) throws -> StageSummary {
        // What cannot be is reported before another operator is waited for.
        let wanted = try name(of: target(number))
        let stage = Stage.rollback
        let live = try context.timeline().live?.release
        let recording = StepRecording(
            session: session, stage: stage, unit: "rollback/\(context.environment.name)",
            recipe: ComponentSet([.init("release", wanted)]), code: .empty)
        let reason = Reason.external(
            "back from release \(live.map(String.init) ?? "none") to \(wanted)")
        defer { context.cloud?.release(session) }
        return try recording.run([reason]) {
            _ = try context.hold(leaseOptions, reason: "rollback to release \(wanted)")
            // Chosen again: while it was waited, another operator may have released.
            let target = try target(number)
            if name(of: target) != wanted {
                session.emit(
                    .note(
                        "what was live before has changed meanwhile: going back to \(name(of: target))"
                    ))
            }
            let (release, existing) = try release(target)
            let address = try context.deploy(
                release, kind: .rollback, stage: stage.name, existing: existing)
            let text = "release \(name(of: target))"
            return StepResult(
                artifacts: [], text: address.map { "\(text) answers at \($0)" } ?? "\(text) runs",
                address: address)
        }
    }

    /// What another clone released, where an archive has told of it: by the number that it has in the environment.
    private func known(_ live: DeployRecord.Live) throws -> ReleaseRecord? {
        let deployed = try session.reader.deployments(environment: context.environment.name)
            .first { $0.isOthers && $0.version == live.label }
        guard let deployed, let release = try session.reader.release(id: deployed.releaseID),
            release.manifest.hex == live.manifest, release.image == live.image
        else { return nil }
        return release
    }

    private func name(of target: Target) -> String {
        switch target {
        case .own(let release): String(release.number)
        case .shared(let live, _): "\(live.label) of \(live.by)"
        }
    }

    /// The release as this clone's ledger has it. What another clone made is recorded here with its content, so that
    /// what runs is known here too.
    private func release(_ target: Target) throws -> (ReleaseRecord, DeployRecord.Live?) {
        switch target {
        case .own(let release): return (release, nil)
        case .shared(let live, let commit):
            if let known = try known(live) { return (known, live) }
            guard let manifest = Digest(hex: live.manifest) else {
                throw Failure.versionGone(live.label, "its record names no data")
            }
            // A record of the first format does not say how its site is started, which its own version knows.
            let settings = live.settings ?? RunSettings(context.environment, context.target).text
            let release = try context.record(
                ReleaseContent(
                    environment: context.environment.name, image: live.image, code: nil,
                    manifest: manifest, bundle: nil, settings: settings), commit: commit)
            return (release, live)
        }
    }
}

extension Stage {
    /// Stands for the rollback where events and records name a stage.
    fileprivate static let rollback = Stage(
        name: "rollback", kind: .deploy, needs: [], content: .deploy(DeployStage()), line: 0)
}
