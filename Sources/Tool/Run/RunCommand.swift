import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Processes

/// `pipeline run [STAGE…]`: does what there is to do, and resumes where it stopped.
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
        options: RunRequest.options + [
            .value("jobs", short: "j", "N", help: "run N units at once; default one a processor"),
            .value(
                "plan", "FILE",
                help: "do just what `pipeline plan --save FILE` kept, or nothing if that has moved",
                completion: .file),
            .flag("detach", short: "d", help: "run in the background, also after a logout"),
            .flag("no-wait", help: "fail at once when another run or operator is at work"),
            .flag(
                "yes", short: "y",
                help:
                    "do not ask; start what init proposed; let a deployment replace a colleague's newer release"
            ),
            .flag("take-lease", help: "take an environment's lease from another operator"),
            .flag("verbose", short: "v", help: "show every unit and what programs print"),
        ])

    private static func run(_ typed: Invocation) throws -> ExitCode {
        let plan = try PlannedRun(typed)
        let invocation = plan?.invocation ?? typed
        let request = try RunRequest(invocation.arguments)
        let jobs = try invocation.arguments.int("jobs", in: 1...1024)
        let project = try invocation.project()
        let stages = try request.stages(of: project)
        let steps = try StepChoice.steps(
            invocation, project, maxDeletes: request.maxDelete,
            leaseOptions: invocation.leaseOptions)
        // Some units are no whole: nothing is built or sent of them.
        var obstacles = request.choice.isAll ? try stages.compactMap(steps.obstacle) : []
        obstacles += try stages.compactMap {
            try project.python.obstacle($0, isStrict: project.isProposed)
        }
        if let refused = Preflight.Refused(obstacles) { throw refused }
        // Refused before anything is locked or recorded; then looked at again by who holds the lock.
        try plan?.check(project, ledger: try invocation.ledger())
        guard try request.isConfirmed(invocation, project, stages),
            try FirstRun(
                invocation, project, stages,
                environment: project.site(request.environment, of: stages)
            ).isConfirmed()
        else { return .failed }
        if invocation.arguments.flag("detach") { return try detach(invocation, plan) }
        return try SessionRunner(invocation, project).run { session in
            try plan?.check(project, ledger: session.reader)
            let chain = Chain(
                session: session, steps: steps, jobs: jobs,
                force: request.forcing(current: session.run), choice: request.choice,
                confirm: plan.map { plan in { try plan.check($0, $1) } })
            return try chain.run(stages)
        }
    }

    private static func detach(_ invocation: Invocation, _ plan: PlannedRun?) throws -> ExitCode {
        // It begins in the project's folder, from which paths that were typed may read otherwise.
        let arguments = plan?.arguments ?? invocation.arguments
        let started = try DetachedRun.start(arguments.without(["detach", "project"]).words)
        if let exit = started.exit {
            // What it has said is why.
            _ = StandardStreams.write(to: 2, try FileSystem.readText(started.log))
            if case .exited(let code) = exit { return ExitCode(rawValue: code) ?? .failed }
            return .failed
        }
        let what = started.run.map { "run \($0.run)" } ?? "the run, which waits for another one,"
        invocation.tell(
            "\(what) runs in the background, process \(started.pid); its log is \(started.log)")
        invocation.tell(
            "`pipeline attach` shows it, `pipeline status` tells how far it is, `pipeline stop` ends it"
        )
        return .done
    }
}
