import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel

/// `pipeline status`: where the project stands, also while it runs. Changes nothing.
enum StatusCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "status", summary: "show what is left to do, what runs, what failed and what is live",
        discussion:
            "Works from any shell, also during a run, and changes nothing. With --check the exit "
            + "code is 3 when there is work to do, 6 when that is unknown, and 0 when there is "
            + "none.\n\nExample: pipeline status --check || pipeline run deploy",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "plan the shipping stages for this one",
                completion: .dynamic(CompletionKind.environment)),
            .flag("check", help: "exit with 3 when there is work to do"),
            .flag("watch", short: "w", help: "show it again whenever it changes, until Ctrl-C"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let isChecking = invocation.arguments.flag("check")
        let isWatching = invocation.arguments.flag("watch")
        if isChecking, isWatching {
            throw ArgumentError(
                .unexpectedArgument("--watch"), chain: invocation.arguments.chain)
        }
        let interrupts = isWatching ? try Interrupts() : nil
        let project = try invocation.project()
        try invocation.readArchive(project)
        if let interrupts {
            return try StatusWatch(invocation, interrupts) {
                try look(invocation, project, plans: $0)
            }.run()
        }
        let (report, _) = try look(invocation, project, plans: nil)
        if invocation.isJSON {
            invocation.print(StatusJSON.document(report))
        } else {
            StatusText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, width: invocation.width
            ).forEach(invocation.print)
        }
        guard isChecking else { return .done }
        if report.hasWork { return .workToDo }
        return report.hasProblem ? .unknown : .done
    }

    /// - Parameter plans: those of before, where they are to be taken for true.
    private static func look(
        _ invocation: Invocation, _ project: Project, plans: StagePlans?
    ) throws -> (StatusReport, StagePlans) {
        let ledger = try invocation.ledger()
        if plans == nil { project.tools.forget() }
        let look = {
            let plans =
                try plans
                ?? StagePlans(invocation, project, project.definition.stages, ledger: ledger)
            let report = try StatusReport(
                project, plans, ledger: ledger, environments: try project.environmentNames())
            return (report, plans)
        }
        // One state of the ledger for all of it, whatever a run records meanwhile.
        return try ledger?.snapshot(look) ?? look()
    }
}
