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
    /// nil in plans that an older version kept.
    var adopt: Bool?

    static let options: [OptionSpec] = [
        .value(
            "environment", short: "e", "NAME", help: "where to push, sync and deploy to",
            completion: .dynamic(CompletionKind.environment)),
        .value(
            "max-delete", "N",
            help: "let a sync delete up to N files; default 50 or a fifth, whichever is more"),
        .flag(
            "adopt",
            help: "make a place the environment's that holds something else; its files are deleted"),
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
        adopt = nil
    }

    init(_ arguments: ParsedArguments) throws {
        stages = arguments.positionals("stage")
        environment = arguments.value("environment")
        force = arguments.flag("force")
        only = arguments.values("only")
        failed = arguments.flag("failed")
        adopt = arguments.flag("adopt") ? true : nil
        maxDelete = try arguments.int("max-delete", in: 0...1_000_000_000)
    }

    var choice: UnitChoice { UnitChoice(patterns: only, failedOnly: failed) }

    /// How the run forces its units; nil where it does not.
    ///
    /// - Parameter current: the run, once it has begun.
    func forcing(current: Int64?) -> Force? {
        guard force else { return nil }
        var line = CommandLineWords()
        add(to: &line)
        let own = Self.essence(line.words)
        return Force(current: current) {
            $0.hasPrefix("pipeline run ")
                && Self.essence($0.split(separator: " ").map(String.init)) == own
        }
    }

    /// What of a command line decides what is run: without how it is shown, and in what order it was typed.
    private static func essence(_ words: [String]) -> [String] {
        let silent: Set = [
            "pipeline", "run", "--", "-v", "--verbose", "-d", "--detach", "--json", "--no-wait",
            "--take-lease",
        ]
        var kept: [String] = []
        var skipsNext = false
        for word in words.flatMap({ $0.split(separator: " ") }) {
            let text = word.filter { $0 != "'" }
            defer { skipsNext = text == "-j" || text == "--jobs" }
            if skipsNext || silent.contains(text) || text.hasPrefix("--jobs") || text == "-j" {
                continue
            }
            kept.append(text == "-e" ? "--environment" : text)
        }
        return kept.sorted()
    }

    /// The request on a command line, before the arguments and options of the command itself.
    func add(to line: inout CommandLineWords) {
        for stage in stages { line.add(argument: stage) }
        if let environment { line.add(option: "environment", environment) }
        if force { line.add(flag: "force") }
        for pattern in only { line.add(option: "only", pattern) }
        if failed { line.add(flag: "failed") }
        if let maxDelete { line.add(option: "max-delete", String(maxDelete)) }
        if adopt == true { line.add(flag: "adopt") }
    }

    /// The stages that are meant, and all that they need, in order.
    func stages(of project: Project) throws -> [Stage] {
        try StageChoice.stages(stages, project)
    }
}
