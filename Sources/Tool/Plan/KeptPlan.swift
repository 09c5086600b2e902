import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel

/// The plan that `run --plan FILE` is to carry out.
struct KeptPlan {
    /// Absolute.
    let file: String
    private let saved: SavedPlan
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
        saved = try SavedPlan.read(file)
        arguments = typed.arguments.setting("plan", file)
        var line = CommandLineWords()
        saved.request.add(to: &line)
        invocation = Invocation(
            arguments: try CommandLineTool.root.parse(
                typed.arguments.without(["plan"]).words + line.words),
            words: typed.words)
    }

    /// - Throws: `PlanMoved`, `SavedPlan.Unusable`.
    func check(_ project: Project, ledger: LedgerReader?) throws {
        guard saved.root == project.root else {
            throw SavedPlan.Unusable.otherProject(file, root: saved.root)
        }
        try PlanGuard.check(file, saved, invocation, project, ledger: ledger)
    }

    func guarding(_ steps: any StepRunner) -> any StepRunner { PlanGuard(file: file, saved, steps) }

    var units: PlannedUnits {
        PlannedUnits(
            units: Set(saved.stages.flatMap { $0.work.map(\.unit) }),
            openStages: Set(saved.stages.filter { !$0.unknownAxes.isEmpty }.map(\.stage)))
    }
}
