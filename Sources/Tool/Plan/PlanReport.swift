import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineShipping

/// A plan of a run as a whole: what `plan` shows and keeps, before it is text or JSON.
struct PlanReport {
    let stages: [StagePlan]
    let stale: [StaleOutput]
    /// What is to be said of other paths at which such units once made something.
    let former: [String]
    /// nil where it was not worked out from a survey.
    let survey: Survey?

    init(
        stages: [StagePlan], stale: [StaleOutput], former: [String] = [], survey: Survey? = nil
    ) {
        self.former = former
        self.stages = stages
        self.stale = stale
        self.survey = survey
    }

    var isUpToDate: Bool { stages.allSatisfy(\.isUpToDate) }
    var expected: DurationEstimate? { DurationEstimate.sum(stages.map(\.expected)) }
    var paid: [BillableResource] { stages.flatMap(\.paid) }
}

extension PlanReport {
    /// - Throws: `Failure`, `DataRefused`, and what the survey throws.
    init(
        _ invocation: Invocation, _ project: Project, _ request: RunRequest,
        ledger: LedgerReader?, detail: PlanDetail
    ) throws {
        let plans = try StagePlans(
            invocation, project, try request.stages(of: project),
            ledger: ledger,
            choice: request.choice, force: request.forcing(current: nil),
            maxDeletes: request.maxDelete, detail: detail)
        if let refusal = plans.stages.lazy.compactMap(\.refusal).first { throw refusal }
        // Nothing can be determined about a stage, because something outside does not answer.
        if let failure = plans.stages.lazy.compactMap(\.failure).first { throw failure }
        self.init(
            stages: plans.stages.map(\.plan), stale: plans.survey.stale,
            former: plans.survey.former.compactMap(\.text), survey: plans.survey)
    }
}
