import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning

/// Holds a run to a plan that was kept: looked at before it begins, and each step again just before it is its turn,
/// which may be days later.
final class PlanGuard: StepRunner {
    private let file: String
    private let saved: SavedPlan
    private let steps: any StepRunner

    /// - Parameter steps: tell what they rest on.
    init(file: String, _ saved: SavedPlan, _ steps: any StepRunner) {
        self.file = file
        self.saved = saved
        self.steps = steps
    }

    /// - Throws: `PlanMoved`.
    static func check(
        _ file: String, _ saved: SavedPlan, _ invocation: Invocation, _ project: Project,
        ledger: LedgerReader?
    ) throws {
        let report = try PlanReport(
            invocation, project, saved.request, ledger: ledger, tellsState: true)
        let drift = PlanDrift(from: saved, to: try SavedPlan(report, saved.request, project))
        guard drift.differences.isEmpty else {
            throw PlanMoved(
                file: file, savedMs: saved.savedMs, request: saved.request, drift: drift)
        }
    }

    func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        if let planned = saved.stages.first(where: { $0.stage == stage.name }) {
            let now = try steps.plan(stage, ledger: session.reader, before: [])
            let state = Dictionary(now.state.map { ($0.name, $0.value) }) { $1 }
            // What was to follow from earlier stages is not in the plan, so it is not compared.
            let known = state.filter { planned.state[$0.key] != nil }
            let changes = PlanDrift.changes(planned.state, known, of: "stage \(stage.name)")
            guard changes.isEmpty else {
                throw PlanMoved(
                    file: file, savedMs: saved.savedMs, request: saved.request,
                    drift: PlanDrift(changes), stage: stage.name)
            }
        }
        return try steps.run(stage, in: session)
    }

    func plan(_ stage: Stage, ledger: LedgerReader?, before: [StagePlan]) throws -> StagePlan {
        try steps.plan(stage, ledger: ledger, before: before)
    }

    func obstacle(_ stage: Stage) throws -> Failure? { try steps.obstacle(stage) }

    func finish(_ session: RunSession) { steps.finish(session) }
}
