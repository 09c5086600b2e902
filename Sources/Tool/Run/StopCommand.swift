import Arguments
import PipelineEngine
import PipelineLedger
import Posix
import Processes

/// `pipeline stop`: ends the active run in the project.
enum StopCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "stop", summary: "stop the current run gracefully",
        discussion:
            "As Ctrl-C in its terminal: what is in flight is ended in steps, all that is complete is kept, and the "
            + "same `pipeline run` resumes. With --now it is ended at once.",
        options: [.flag("now", help: "do not wait for units to end by themselves")])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        _ = try invocation.project()
        guard let run = try LiveRun.find(try invocation.ledger()) else {
            invocation.tell("nothing runs here")
            return .done
        }
        let interrupts = try Interrupts()
        invocation.tell("ending \"\(run.record.command)\", process \(run.record.pid)")
        run.interrupt()
        var isUrgent = invocation.arguments.flag("now")
        while run.goesOn {
            _ = try Poll.wait([(interrupts.cancellation.descriptor, .readable)], timeoutMs: 100)
            if isUrgent, run.goesOn {
                run.interrupt()
                isUrgent = false
            }
            if let code = interrupts.exitCode { return code }
        }
        invocation.tell("it has ended; the same command resumes it")
        return .done
    }
}
