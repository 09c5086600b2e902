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
        discussion:
            "Takes what `run` takes, and tells for each stage what would run, why, how long it is likely "
            + "to take, what is sent and what it costs. A plan that is saved is carried out by `pipeline run "
            + "--plan FILE`, which refuses when anything that it rests on has changed.\n\n"
            + "Example: pipeline plan deploy --save /tmp/deploy.plan && pipeline run --plan /tmp/deploy.plan",
        positionals: [
            PositionalSpec(
                "stage", .repeated(minimum: 0), help: "the last stage of the run",
                completion: .dynamic(CompletionKind.stage))
        ],
        options: RunRequest.options + [
            .flag("units", help: "list every unit"),
            .value(
                "save", "FILE", help: "keep the plan, for `pipeline run --plan FILE`",
                completion: .file),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let request = try RunRequest(invocation.arguments)
        let file = try invocation.arguments.value("save").map(SavedPlan.place)
        let project = try invocation.project()
        try invocation.readArchive(project)
        let ledger = try invocation.ledger()
        let report = try PlanReport(
            invocation, project, request, ledger: ledger,
            detail: file == nil ? .work : .workAndState)
        if let file {
            try SavedPlan(report, request, project).write(to: file)
            invocation.tell("`pipeline run --plan \(Format.escaped(file))` does just this")
        }
        if invocation.isJSON {
            invocation.print(PlanJSON.document(report))
        } else {
            PlanText.lines(
                report, style: invocation.style, width: invocation.width,
                showsUnits: invocation.arguments.flag("units")
            ).forEach(invocation.print)
        }
        return .done
    }
}
