import PipelineEngine
import PipelineLedger
import PipelineModel

/// What a run would do about each stage, in order, as far as it can be told.
struct StagePlans {
    let survey: Survey
    private(set) var stages: [Entry] = []

    struct Entry {
        let plan: StagePlan
        /// Why nothing can be told about the stage: a service that does not answer, for example.
        let problem: String?
    }

    init(
        _ invocation: Invocation, _ project: Project, _ wanted: [Stage], ledger: LedgerReader?
    ) throws {
        survey = try Survey(project, ledger: ledger)
        let steps = try StepChoice.steps(invocation, project)
        for stage in wanted {
            if case .units = stage.content {
                stages.append(Entry(plan: StagePlan(survey, stage: stage), problem: nil))
                continue
            }
            do {
                let plan = try steps.plan(stage, ledger: ledger, before: stages.map(\.plan))
                stages.append(Entry(plan: plan, problem: nil))
            } catch {
                stages.append(Entry(plan: StagePlan(stage: stage.name), problem: "\(error)"))
            }
        }
    }

    var hasWork: Bool { stages.contains { !$0.plan.isUpToDate } }
    var hasProblem: Bool { stages.contains { $0.problem != nil } }
}
