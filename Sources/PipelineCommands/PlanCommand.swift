import Arguments
import PipelineEngine
import PipelineModel
import PipelinePlanning
import Terminal

/// `pipeline plan [STAGE…]`: what `run` would do and why. Changes nothing.
enum PlanCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "plan", summary: "show what a run would do and why; changes nothing",
        positionals: [
            PositionalSpec("stage", .repeated(minimum: 0), help: "the last stage of the run")
        ],
        options: [
            .value("environment", short: "e", "NAME", help: "the environment of the run"),
            .flag("units", help: "list every unit"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let stages = try StageChoice.stages(invocation, project)
        let survey = try Survey(project, ledger: try invocation.ledger())
        let steps = try StepChoice.steps(invocation, project)
        let ledger = try invocation.ledger()
        var plans: [StagePlan] = []
        for stage in stages {
            if case .units = stage.content {
                plans.append(StagePlan(survey, stage: stage))
            } else {
                plans.append(try steps.plan(stage, ledger: ledger, before: plans))
            }
        }
        if invocation.isJSON {
            invocation.print(PlanJSON.document(plans, stale: survey.stale))
        } else {
            let showsUnits = invocation.arguments.flag("units")
            PlanText.lines(
                plans, stale: survey.stale, style: invocation.style, showsUnits: showsUnits
            ).forEach(invocation.print)
        }
        return .done
    }
}
