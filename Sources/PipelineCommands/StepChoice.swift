import PipelineEngine
import PipelineLedger
import PipelineModel

struct NoSteps: StepRunner {
    func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        StageSummary(stage: stage.name)
    }
    func plan(_ stage: Stage, ledger: LedgerReader?, before: [StagePlan]) throws -> StagePlan {
        StagePlan(stage: stage.name)
    }
}
enum StepChoice {
    static func steps(_ invocation: Invocation, _ project: Project) throws -> any StepRunner {
        NoSteps()
    }
}
