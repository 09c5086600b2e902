import Arguments
import PipelineEngine
import PipelineModel
import Posix
import Processes

/// `pipeline run [STAGE…]`: does what is to be done, and goes on where it stopped.
enum RunCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "run", summary: "run stages and all that they need; only what changed is done",
        discussion:
            "Without a stage all stages run. A run that was killed is simply started again: what was "
            + "recorded is kept, and only what was in flight runs again.",
        positionals: [
            PositionalSpec(
                "stage", .repeated(minimum: 0), help: "the last stage to run",
                completion: .dynamic(CompletionKind.stage))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME", help: "where to push, sync and deploy to",
                completion: .dynamic(CompletionKind.environment)),
            .value("jobs", short: "j", "N", help: "run N units at once; default one a processor"),
            .value(
                "max-delete", "N",
                help: "let a sync delete up to N files; default 50 or a fifth, whichever is more"),
            .flag("force", help: "run every unit, whatever is recorded"),
            .value(
                "only", "PATTERN",
                help:
                    "run only units whose names match, such as 'compile/tsne/*', and what they need"
            ),
            .flag("failed", help: "run only units that failed the last time, and what they need"),
            .flag("detach", short: "d", help: "go on without this terminal, also after a logout"),
            .flag("no-wait", help: "fail at once when another run or operator is at work"),
            .flag("take-lease", help: "take an environment's lease from another operator"),
            .flag("verbose", short: "v", help: "show every unit and what programs print"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let maxDeletes = try invocation.arguments.int("max-delete", in: 0...1_000_000_000)
        let jobs = try invocation.arguments.int("jobs", in: 1...1024)
        let project = try invocation.project()
        let stages = try StageChoice.stages(invocation, project)
        if invocation.arguments.flag("detach") { return try detach(invocation) }
        let choice = UnitChoice(
            patterns: invocation.arguments.values("only"),
            failedOnly: invocation.arguments.flag("failed"))
        return try SessionRunner(invocation, project).run { session in
            let chain = Chain(
                session: session,
                steps: try StepChoice.steps(
                    invocation, project, maxDeletes: maxDeletes,
                    leaseOptions: invocation.leaseOptions), jobs: jobs,
                force: invocation.arguments.flag("force"), choice: choice)
            return try chain.run(stages)
        }
    }

    private static func detach(_ invocation: Invocation) throws -> ExitCode {
        let words = CommandLine.arguments.dropFirst().filter { $0 != "--detach" && $0 != "-d" }
        let started = try DetachedRun.start(Array(words))
        if let exit = started.exit {
            // What it has said is why.
            _ = StandardStreams.write(to: 2, try FileSystem.readText(started.log))
            if case .exited(let code) = exit { return ExitCode(rawValue: code) ?? .failed }
            return .failed
        }
        let what = started.run.map { "run \($0.run)" } ?? "the run, which waits for another one,"
        invocation.tell(
            "\(what) goes on in the background, process \(started.pid); its log is \(started.log)")
        invocation.tell(
            "`pipeline attach` shows it, `pipeline status` tells how far it is, `pipeline stop` ends it"
        )
        return .done
    }
}
