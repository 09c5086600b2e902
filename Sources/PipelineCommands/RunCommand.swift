import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// `pipeline run [STAGE…]`: does what is to be done, and goes on where it stopped.
enum RunCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "run", summary: "run stages and all that they need; only what changed is done",
        discussion:
            "Without a stage all stages run. A run that was killed is simply started again: what was "
            + "recorded is kept, and only what was in flight runs again.",
        positionals: [
            PositionalSpec("stage", .repeated(minimum: 0), help: "the last stage to run")
        ],
        options: [
            .value("environment", short: "e", "NAME", help: "where to push, sync and deploy to"),
            .value("jobs", short: "j", "N", help: "run N units at once; default one a processor"),
            .flag("force", help: "run every unit, whatever is recorded"),
            .flag("no-wait", help: "fail at once when another run holds the project"),
            .flag("verbose", short: "v", help: "show every unit and what programs print"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let interrupts = try Interrupts()
        let project = try invocation.project()
        let stages = try StageChoice.stages(invocation, project)
        let reporter = ProgressReporter(
            isJSON: invocation.isJSON, isVerbose: invocation.arguments.flag("verbose"))
        let session = try RunSession(
            project, command: invocation.commandLine,
            waits: !invocation.arguments.flag("no-wait"), toolVersion: CommandLineTool.version,
            cancellation: interrupts.cancellation, emit: reporter.handle)
        defer { reporter.finish() }
        do {
            let chain = Chain(
                session: session, steps: try StepChoice.steps(invocation, project),
                jobs: try invocation.arguments.int("jobs", in: 1...1024),
                force: invocation.arguments.flag("force"))
            let summaries = try chain.run(stages)
            reporter.finish()
            return try end(session, summaries, interrupts, invocation)
        } catch {
            reporter.finish()
            try session.end(interrupts.exitCode == nil ? .failed : .interrupted)
            if let code = interrupts.exitCode { return code }
            throw error
        }
    }

    private static func end(
        _ session: RunSession, _ summaries: [StageSummary], _ interrupts: Interrupts,
        _ invocation: Invocation
    ) throws -> ExitCode {
        if let code = interrupts.exitCode {
            try session.end(.interrupted)
            invocation.tell("interrupted; the same command goes on from here")
            return code
        }
        let failures = summaries.flatMap(\.failures)
        guard failures.isEmpty else {
            try session.end(.failed)
            if !invocation.isJSON { FailureText.lines(failures).forEach(invocation.tell) }
            return .failed
        }
        try session.end(.done)
        if let address = summaries.last?.address { invocation.print(address) }
        return .done
    }
}
