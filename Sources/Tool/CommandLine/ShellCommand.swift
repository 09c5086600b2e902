import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping
import Processes

/// `pipeline shell`: a person's session where the data is mounted.
enum ShellCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "shell", summary: "open a session on the machine that has the data mounted",
        discussion:
            "With route bucket, the management instance: it is started if it is off, has the file system mounted, "
            + "and is stopped at the end if it was this command that started it, also after a kill (by the "
            + "next run). Data can be sent meanwhile from another terminal. In environments of kind ecs, a "
            + "container of a task.\n\nExample: pipeline shell -e test",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment that is meant",
                completion: .dynamic(CompletionKind.environment)),
            .value("service", "NAME", help: "kind ecs: the service; default the first"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let shell = ManagementShell(project, environment)
        let interrupts = try Interrupts()
        var ready: ManagementShell.Ready?
        let code = try SessionRunner(invocation, project, interrupts).run { session in
            let made = try shell.prepare(
                session, service: invocation.arguments.value("service"))
            for note in made.notes { session.emit(.note(note)) }
            ready = made
            return []
        }
        guard code == .done, let command = ready?.command else { return code }
        let needsEnd = ready?.lock != nil
        let exit = Result { try Foreground.run(command, cancel: interrupts.cancellation) }
        // Gives back the lock, which kept the instance running.
        ready = nil
        if needsEnd {
            // By now a signal has done what it was sent for: nothing of this can be interrupted.
            let end = try SessionRunner(invocation, project).run { session in
                try shell.finish(session)
                return []
            }
            if end != .done { return end }
        }
        return try exit.get().isSuccess ? .done : .failed
    }
}
