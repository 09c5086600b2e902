import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineShipping
import Posix
import Slots

/// The tool as a function from arguments to an exit status.
package enum CommandLineTool {
    package static let version = "0.1.0"

    static let commands: [Command] = [
        RunCommand.command,
        AttachCommand.command,
        StopCommand.command,
        PlanCommand.command,
        StatusCommand.command,
        WhyCommand.command,
        LogsCommand.command,
        ReleasesCommand.command,
        KeepCommand.command,
        ExportCommand.command,
        RollbackCommand.command,
        RecoverCommand.command,
        UpCommand.command,
        OpenCommand.command,
        DoctorCommand.command,
        RestartCommand.command,
        ShellCommand.command,
        UnlockCommand.command,
        PruneCommand.command,
        VerifyCommand.command,
        GcCommand.command,
        LedgerCommand.command,
        ArchiveCommand.command,
        GraphCommand.command,
        ReportCommand.command,
        InitCommand.command,
        DataCommand.command,
        ConfigCommand.command,
        CompletionCommand.command,
        ExplainCommand.command,
        ManualCommand.command,
        CompleteCommand.command,
    ]

    static let root = CommandSpec(
        "pipeline",
        summary:
            "Takes a data-backed site from raw results to a running, verified, reversible deployment.",
        discussion:
            "`pipeline run deploy` compiles, builds, pushes, syncs and deploys, doing only what changed "
            + "and resuming where it stopped; `pipeline rollback` brings back code and data.",
        options: [
            .value(
                "project", "FOLDER", help: "work in this project instead of the current folder's"),
            .flag("json", help: "print data as JSON"),
            .flag("version", help: "print the version", isInherited: false),
        ],
        subcommands: commands.map(\.spec) + [HelpCommand.spec])

    package static func run(_ words: [String]) -> Int32 {
        if words.contains("--version"), root.flag("version", inRefused: words) {
            _ = StandardStreams.write(to: 1, "pipeline \(version)\n")
            return ExitCode.done.rawValue
        }
        var arguments: ParsedArguments?
        do {
            if words.first == ClusterTask.word { return try ClusterTask.run(words).rawValue }
            if words.first == NodeTaskCommand.word { return try NodeTaskCommand.run(words) }
            guard !words.isEmpty else {
                HelpCommand.show(root, to: 2)
                return ExitCode.usage.rawValue
            }
            let parsed = try root.parse(words)
            arguments = parsed
            return try dispatch(parsed, words).rawValue
        } catch {
            ErrorReport(
                isJSON: arguments?.flag("json") ?? root.flag("json", inRefused: words),
                typed: TypedCommand(words: words, arguments: arguments)
            )
            .tell(Failure.all(of: error))
            return exitCode(of: error).rawValue
        }
    }

    private static func dispatch(
        _ arguments: ParsedArguments, _ words: [String]
    ) throws -> ExitCode {
        if arguments.wantsHelp || arguments.path.first == HelpCommand.spec.name {
            return try HelpCommand.run(arguments)
        }
        guard let command = commands.first(where: { $0.spec.name == arguments.path.first }) else {
            HelpCommand.show(root, to: 2)
            return .usage
        }
        return try command.body(Invocation(arguments: arguments, words: words))
    }

    static func exitCode(of error: any Error) -> ExitCode {
        switch error {
        case is ArgumentError, is DefinitionError, is ProjectError, is ArchiveVariableError,
            is DataRefused,
            is RelativePathError, is SavedPlan.Unusable,
            is StageChoice.Unknown,
            is UnitGraph.Invalid, is Preflight.Refused, is UnmatchedPattern, is UsageError:
            .usage
        case is Locked: .locked
        case is StalePlan: .verificationFailed
        default: .failed
        }
    }
}
