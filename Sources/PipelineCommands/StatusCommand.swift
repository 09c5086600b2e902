import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel

/// `pipeline status`: where the project stands, also while it runs. Changes nothing.
enum StatusCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "status", summary: "show what is to be done, what runs, what failed and what is live",
        discussion:
            "Works from any shell, also while a run goes on, and changes nothing. With --check the exit "
            + "code is 3 when there is work to do, 6 when that cannot be told, and 0 when there is "
            + "none.\n\nExample: pipeline status --check || pipeline run deploy",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "plan the shipping stages for this one",
                completion: .dynamic(CompletionKind.environment)),
            .flag("check", help: "exit with 3 when there is work to do"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let ledger = try invocation.ledger()
        let look = {
            let plans = try StagePlans(
                invocation, project, project.definition.stages, ledger: ledger)
            return try StatusReport(
                project, plans, ledger: ledger, environments: try project.environmentNames())
        }
        // One state of the ledger for all of it, whatever a run records meanwhile.
        let report = try ledger?.snapshot(look) ?? look()
        if invocation.isJSON {
            invocation.print(StatusJSON.document(report))
        } else {
            StatusText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, width: invocation.width
            ).forEach(invocation.print)
        }
        guard invocation.arguments.flag("check") else { return .done }
        if report.hasWork { return .workToDo }
        return report.hasProblem ? .unknown : .done
    }
}
