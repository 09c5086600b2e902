import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import Posix
import Processes

/// `pipeline attach`: what a detached run says, as it says it.
enum AttachCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "attach", summary: "show what a detached run says, until it ends",
        discussion:
            "Shows the log of the newest run that was started with `pipeline run --detach`, from its "
            + "beginning, and follows the run. Ctrl-C ends only the display, not the run. The exit "
            + "code is that of the run.\n\nExample: pipeline run compile --detach; pipeline attach",
        options: [.flag("no-follow", help: "only show what is there")])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        _ = try invocation.project()
        guard let found = try DetachedRun.read() else {
            throw Failure(
                "nothing-detached", "no run was detached here", next: "start one",
                run: "pipeline run --detach")
        }
        let interrupts = try Interrupts()
        var offset: Int64 = 0
        while true {
            // Asked first: what is written before its end is shown.
            let goesOn = found.goesOn
            let text = try FileSystem.read(found.log, from: offset)
            if !text.isEmpty {
                offset += Int64(text.count)
                _ = StandardStreams.write(to: 2, String(decoding: text, as: UTF8.self))
                continue
            }
            if !goesOn || invocation.arguments.flag("no-follow") { break }
            _ = try Poll.wait([(interrupts.cancellation.descriptor, .readable)], timeoutMs: 200)
            if interrupts.cancellation.isCancelled {
                invocation.tell("the run continues; `pipeline stop` ends it")
                return .done
            }
        }
        return try ended(found, invocation)
    }

    private static func ended(_ found: DetachedRun, _ invocation: Invocation) throws -> ExitCode {
        if found.goesOn { return .done }
        let record = try invocation.ledger()?.runs(limit: 1000).first { $0.id == found.run }
        switch record?.outcome.flatMap(RunOutcome.init) {
        case .done: return .done
        case .interrupted: return .interrupted
        case .failed: return .failed
        case .crashed, nil:
            throw Failure(
                "run-killed", "run \(found.run) was killed before it ended",
                next: "completed units are kept, and the same command resumes the run",
                run: .exact(record?.command ?? "pipeline run"))
        }
    }
}
