import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping

/// `pipeline up`: the live release answers again, after a reboot for instance.
enum UpCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "up", summary: "bring back the live release of an environment on this machine",
        discussion:
            "For environments of kind local, preview and static. The release that the ledger has as live is started "
            + "again behind nginx, and only that one; nothing is compiled, built, pushed or synced. Does "
            + "nothing where it answers. Made for the start of the machine: the guide has a unit for systemd.",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment to bring back",
                completion: .dynamic(CompletionKind.environment)),
            .flag("no-wait", help: "fail at once when another run is at work"),
            .flag("take-lease", help: "take an environment's lease from another operator"),
            .flag("verbose", short: "v", help: "show what programs print"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        guard BringUp.applies(to: environment) else {
            throw ShippingError.notHere(environment: environment.name)
        }
        return try SessionRunner(invocation, project).run { session in
            let summary = try BringUp(
                project, environment, session: session, leaseOptions: invocation.leaseOptions
            ).run()
            session.emit(.stageEnded(summary))
            return [summary]
        }
    }
}
