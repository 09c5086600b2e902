import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping

/// The shipping steps of the environment that a command line means.
enum StepChoice {
    static func steps(_ invocation: Invocation, _ project: Project) throws -> any StepRunner {
        let name = invocation.arguments.value("environment")
        // A project that only compiles needs no environment, unless one is named.
        if name == nil, try project.environmentNames().isEmpty { return NoSteps() }
        return ShippingSteps(project, try project.environment(name))
    }
}

/// For projects without environments: their shipping stages have nowhere to ship to.
private struct NoSteps: StepRunner {
    func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        throw ProjectError.noEnvironmentChosen([])
    }

    func plan(_ stage: Stage, ledger: LedgerReader?, before: [StagePlan]) throws -> StagePlan {
        throw ProjectError.noEnvironmentChosen([])
    }
}
