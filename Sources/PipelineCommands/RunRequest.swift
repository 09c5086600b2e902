import Arguments
import PipelineEngine
import PipelineModel

/// What a run is to be about: the part of a command line that `run` and `plan` share, and that a plan keeps.
struct RunRequest: Codable, Hashable {
    var stages: [String]
    var environment: String?
    var force: Bool
    var only: [String]
    var failed: Bool
    var maxDelete: Int?

    static let options: [OptionSpec] = [
        .value(
            "environment", short: "e", "NAME", help: "where to push, sync and deploy to",
            completion: .dynamic(CompletionKind.environment)),
        .value(
            "max-delete", "N",
            help: "let a sync delete up to N files; default 50 or a fifth, whichever is more"),
        .flag("force", help: "run every unit, whatever is recorded"),
        .value(
            "only", "PATTERN",
            help: "run only units whose names match, such as 'compile/tsne/*', and what they need",
            isRepeated: true, completion: .dynamic(CompletionKind.unit)),
        .flag("failed", help: "run only units that failed the last time, and what they need"),
    ]

    init(stages: [String]) {
        self.stages = stages
        environment = nil
        force = false
        only = []
        failed = false
        maxDelete = nil
    }

    init(_ arguments: ParsedArguments) throws {
        stages = arguments.positionals("stage")
        environment = arguments.value("environment")
        force = arguments.flag("force")
        only = arguments.values("only")
        failed = arguments.flag("failed")
        maxDelete = try arguments.int("max-delete", in: 0...1_000_000_000)
    }

    var choice: UnitChoice { UnitChoice(patterns: only, failedOnly: failed) }

    /// The request on a command line, before the arguments and options of the command itself.
    func add(to line: inout CommandLineWords) {
        for stage in stages { line.add(argument: stage) }
        if let environment { line.add(option: "environment", environment) }
        if force { line.add(flag: "force") }
        for pattern in only { line.add(option: "only", pattern) }
        if failed { line.add(flag: "failed") }
        if let maxDelete { line.add(option: "max-delete", String(maxDelete)) }
    }

    /// The stages that are meant, and all that they need, in order.
    ///
    /// - Parameter command: what is to be given instead where a name is wrong.
    func stages(
        of project: Project, command: String = "pipeline run"
    ) throws -> [Stage] {
        try StageChoice.stages(stages, project, command: command)
    }
}
