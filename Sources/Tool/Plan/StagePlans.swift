import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineShipping

/// What a run would do about each stage, in order, as far as it can be determined.
struct StagePlans {
    let survey: Survey
    /// The environment that the steps are planned for, if there is one.
    let environment: String?
    private(set) var stages: [Entry] = []

    struct Entry {
        let plan: StagePlan
        /// Why nothing can be determined about the stage: a service that does not answer, for example.
        let problem: String?
        /// Set where the problem is the data itself, which no waiting fixes.
        var refusal: DataRefused?
        /// All that is known of the problem.
        var failure: Failure?
    }

    /// - Parameters:
    ///   - choice: which units the run is to be about.
    ///   - force: that every unit runs whatever is recorded.
    ///   - detail: of the plans of steps, and whether every unit's components are read.
    init(
        _ invocation: Invocation, _ project: Project, _ wanted: [Stage], ledger: LedgerReader?,
        choice: UnitChoice = .all, force: Force? = nil, maxDeletes: Int? = nil,
        detail: PlanDetail = .work
    ) throws {
        // What a plan rests on is reported of every unit.
        let isOfAll = force != nil || !choice.isAll || detail == .workAndState
        survey =
            isOfAll
            ? try Survey(project, ledger: ledger, force: force)
            : try Survey.looking(project, ledger: ledger)
        try choice.check(survey, stages: wanted)
        let name = invocation.arguments.value("environment")
        environment = try? project.environment(name).name  // try?: its steps report the error
        let steps = try StepChoice.steps(invocation, project, maxDeletes: maxDeletes)
        let restores = try RestoreEstimate(survey, ledger: ledger)
        for stage in wanted {
            // Some units are no whole: nothing is built or sent of them.
            if !choice.isAll, stage.kind != .compile, stage.kind != .run { continue }
            if case .units = stage.content {
                var plan = StagePlan(survey, restores, stage: stage, choice: choice)
                try plan.estimate(survey, stage: stage, ledger: ledger)
                stages.append(Entry(plan: plan, problem: nil))
                continue
            }
            do {
                if let obstacle = try steps.obstacle(stage) {
                    stages.append(
                        Entry(
                            plan: StagePlan(stage: stage.name), problem: obstacle.text,
                            failure: obstacle))
                    continue
                }
                let plan = try steps.plan(
                    stage, ledger: ledger, before: stages.map(\.plan), detail: detail)
                stages.append(Entry(plan: plan, problem: nil))
            } catch let error as DefinitionError {
                throw error
            } catch {
                stages.append(
                    Entry(
                        plan: StagePlan(stage: stage.name), problem: "\(error)",
                        refusal: error as? DataRefused, failure: Failure(of: error)))
            }
        }
    }

    /// Whether there is nothing to do about a unit that failed: what it failed on was taken back, or the
    /// definition has it no more.
    func isSettled(_ failure: PastAttempt) -> Bool {
        guard let stage = survey.project.definition.stage(failure.stage) else { return true }
        if case .units = stage.content {
            let index = survey.graph.units.firstIndex { $0.name == failure.unit }
            return index.map { survey.decisions[$0].isUpToDate } ?? true
        }
        // A step is a unit of its own in each environment, and the others were not looked at.
        guard [stage.name, "\(stage.name)/\(environment ?? "")"].contains(failure.unit) else {
            return false
        }
        return stages.contains {
            $0.plan.stage == stage.name && $0.plan.isUpToDate && $0.problem == nil
        }
    }
}
