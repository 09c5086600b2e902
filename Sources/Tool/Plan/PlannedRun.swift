import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel

/// The run of a saved plan, `run --plan FILE`: what the command line becomes by it, and what holds the run to it.
struct PlannedRun {
    /// Absolute.
    let file: String
    private let plan: SavedPlan
    /// The command line with the plan's own request in it, as if that had been typed.
    let invocation: Invocation
    /// The command line as it was typed, with the plan's file by its absolute path.
    let arguments: ParsedArguments

    /// nil where the command line names no plan.
    ///
    /// - Throws: `SavedPlan.Unusable`.
    init?(_ typed: Invocation) throws {
        guard let name = typed.arguments.value("plan") else { return nil }
        for option in RunRequest.options.map(\.name) where typed.arguments.isGiven(option) {
            throw SavedPlan.Unusable.saysAlready(option: "--\(option)")
        }
        if let stage = typed.arguments.positionals("stage").first {
            throw SavedPlan.Unusable.saysAlready(option: "\"\(stage)\"")
        }
        file = try SavedPlan.place(name)
        plan = try SavedPlan.read(file)
        arguments = typed.arguments.setting("plan", file)
        var line = CommandLineWords()
        plan.request.add(to: &line)
        invocation = Invocation(
            arguments: try CommandLineTool.root.parse(
                typed.arguments.without(["plan"]).words + line.words),
            words: typed.words)
    }

    /// Looks at all that the plan rests on.
    ///
    /// - Throws: `StalePlan`, `SavedPlan.Unusable`.
    func check(_ project: Project, ledger: LedgerReader?) throws {
        guard plan.root == project.root else {
            throw SavedPlan.Unusable.otherProject(file, root: plan.root)
        }
        let report = try PlanReport(
            invocation, project, plan.request, ledger: ledger, detail: .workAndState)
        try refuse(
            plan.differences(to: try SavedPlan(report, plan.request, project)), .beforeAll)
    }

    /// Looks at a stage again just before it is its turn, which may be days later.
    ///
    /// - Throws: `StalePlan`.
    func check(_ stage: Stage, _ now: StagePlan) throws {
        let moment: StalePlan.Moment =
            if case .units = stage.content { .beforeUnits } else { .beforeStep(stage.name) }
        try refuse(plan.differences(before: now), moment)
    }

    private func refuse(_ differences: [PlanDifference], _ moment: StalePlan.Moment) throws {
        guard !differences.isEmpty else { return }
        throw StalePlan(plan: plan, file: file, moment: moment, differences: differences)
    }
}
