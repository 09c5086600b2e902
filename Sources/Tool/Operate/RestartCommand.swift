import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping

/// `pipeline restart`: the site reads its data again.
enum RestartCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "restart",
        summary: "restart an environment's site, and wait until it passes its health checks",
        discussion:
            "Code and data stay as they are; what the site has in memory is read again. Nothing is compiled, "
            + "built, pushed or synced.",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment to restart",
                completion: .dynamic(CompletionKind.environment)),
            .flag("no-wait", help: "fail at once when another run or operator is at work"),
            .flag("take-lease", help: "take an environment's lease from another operator"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        return try SessionRunner(invocation, project).run { session in
            if BringUp.applies(to: environment) {
                let summary = try BringUp(
                    project, environment, session: session, leaseOptions: invocation.leaseOptions
                ).run(anew: true)
                session.emit(.stageEnded(summary))
                return [summary]
            }
            let operations = try CloudOperations(project, environment, ledger: session.reader)
            if let warning = operations.warning { session.emit(.note(warning)) }
            var summary = StageSummary(stage: "restart")
            summary.address = try operations.restart(session, options: invocation.leaseOptions)
            return [summary]
        }
    }
}
