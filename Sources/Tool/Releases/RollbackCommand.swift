import Arguments
import PipelineEngine
import PipelineShipping

/// `pipeline rollback`: code and data of an earlier release come back together.
enum RollbackCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "rollback", summary: "bring back code and data of an earlier release",
        discussion:
            "Without --to, the release that was live before the present one comes back; a second "
            + "rollback goes forward again. Nothing is compiled, built or pushed, and no data is sent "
            + "while a slot still holds it. Example: pipeline rollback --to 12",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment to roll back",
                completion: .dynamic(CompletionKind.environment)),
            .value(
                "to", "RELEASE", help: "the number of the release; `pipeline releases` lists them",
                completion: .dynamic(CompletionKind.release)),
            .flag("no-wait", help: "fail at once when another run or operator is at work"),
            .flag("take-lease", help: "take an environment's lease from another operator"),
            .flag("verbose", short: "v", help: "show what programs print"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let number = try invocation.arguments.int("to", in: 1...Int.max)
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        return try SessionRunner(invocation, project).run { session in
            let rollback = try Rollback(
                project, environment, session: session, leaseOptions: invocation.leaseOptions)
            let summary = try rollback.run(to: number.map(Int64.init))
            session.emit(.stageEnded(summary))
            return [summary]
        }
    }
}
