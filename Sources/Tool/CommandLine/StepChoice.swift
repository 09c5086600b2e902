import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping

/// The shipping steps of the environment that a command line means.
///
/// The environment is read when the first step is reached: to compile, none is needed.
final class StepChoice: StepRunner {
    private let name: String?
    private let project: Project
    private let maxDeletes: Int?
    private let leaseOptions: LeaseOptions
    private var chosen: ShippingSteps?

    private init(
        _ name: String?, _ project: Project, maxDeletes: Int?, leaseOptions: LeaseOptions
    ) {
        self.name = name
        self.leaseOptions = leaseOptions
        self.maxDeletes = maxDeletes
        self.project = project
    }

    /// - Throws: `ProjectError` for a name that is given and not known.
    static func steps(
        _ invocation: Invocation, _ project: Project, maxDeletes: Int? = nil,
        leaseOptions: LeaseOptions? = nil
    ) throws -> any StepRunner {
        let choice = StepChoice(
            invocation.arguments.value("environment"), project, maxDeletes: maxDeletes,
            leaseOptions: leaseOptions ?? invocation.leaseOptions)
        if choice.name != nil { _ = try choice.steps() }
        return choice
    }

    private func steps() throws -> ShippingSteps {
        if let chosen { return chosen }
        let steps = try ShippingSteps(
            project, try project.environment(name), maxDeletes: maxDeletes,
            leaseOptions: leaseOptions)
        chosen = steps
        return steps
    }

    func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        try steps().run(stage, in: session)
    }

    func plan(
        _ stage: Stage, ledger: LedgerReader?, before: [StagePlan], detail: PlanDetail
    ) throws -> StagePlan {
        try steps().plan(stage, ledger: ledger, before: before, detail: detail)
    }

    func obstacle(_ stage: Stage) throws -> Failure? {
        if case .units = stage.content { return nil }
        return try steps().obstacle(stage)
    }

    func finish(_ session: RunSession) {
        chosen?.finish(session)
    }
}
