import Arguments
import Failures
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
            PositionalSpec(
                "stage", .repeated(minimum: 0), help: "the last stage of the run",
                completion: .dynamic(CompletionKind.stage))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment of the run",
                completion: .dynamic(CompletionKind.environment)),
            .flag("units", help: "list every unit"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let ledger = try invocation.ledger()
        let stages = try StageChoice.stages(invocation, project)
        let report = try StagePlans(invocation, project, stages, ledger: ledger)
        if let refusal = report.stages.lazy.compactMap(\.refusal).first { throw refusal }
        // Nothing can be told about a stage, because something outside does not answer.
        if let failure = report.stages.lazy.compactMap(\.failure).first { throw failure }
        let (plans, survey) = (report.stages.map(\.plan), report.survey)
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
