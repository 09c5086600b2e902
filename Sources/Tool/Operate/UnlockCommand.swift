import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Terminal

/// `pipeline unlock`: who holds an environment, and taking it from them.
enum UnlockCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "unlock", summary: "show who holds an environment, and with --force take it from them",
        discussion:
            "Leases end by themselves ten minutes after their holder was last heard of, so this is "
            + "for those who are certain and in a hurry. A holder that still works is stopped at its next "
            + "step. Taking is written to the ledger.",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment that is held",
                completion: .dynamic(CompletionKind.environment)),
            .flag("force", help: "take the lease from its holder"),
            .flag("yes", help: "do not ask"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let operations = try CloudOperations(
            project, environment, ledger: try invocation.ledger())
        if let warning = operations.warning { invocation.tell(warning) }
        guard let holder = try operations.holder() else {
            invocation.tell("nobody holds \"\(Format.escaped(environment.name))\"")
            return .done
        }
        let until = Timestamp(nanoseconds: holder.until * 1_000_000_000).iso8601
        invocation.print(
            "\(Format.escaped(holder.name)) until \(until): \(Format.escaped(holder.reason))")
        guard invocation.arguments.flag("force") else { return .done }
        guard
            Confirmation.isGiven(
                invocation, "Its holder's work will be broken off.", word: environment.name)
        else { return .failed }
        return try SessionRunner(invocation, project).run { session in
            try CloudOperations(project, environment, ledger: session.reader).unlock(session)
            session.emit(.note("nobody holds \(environment.name) any more"))
            return []
        }
    }
}
