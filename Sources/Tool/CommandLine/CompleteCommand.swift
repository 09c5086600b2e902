import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// `pipeline complete -- WORD…`: what fits the last word, for the scripts of `pipeline completion`. Says nothing where
/// nothing fits, and never fails: it runs while somebody types.
enum CompleteCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "complete", summary: "list what fits the last word of a command line",
        positionals: [
            PositionalSpec("word", .repeated(minimum: 0), help: "the words after the program's")
        ], isHidden: true)

    private static func run(_ invocation: Invocation) -> ExitCode {
        let words = invocation.arguments.positionals("word")
        let candidates = CommandLineTool.root.candidates(words.isEmpty ? [""] : words)
        switch candidates.source {
        case .file: invocation.print(":file")
        case .folder: invocation.print(":folder")
        case .dynamic(let kind):
            let found = try? listed(kind, candidates, invocation)  // try?: none, in mid-word
            let names = found ?? []
            for name in names where name.word.hasPrefix(candidates.prefix) {
                show(name, candidates.before, invocation)
            }
        case .nothing, .choices: break
        }
        for word in candidates.words { show(word, candidates.before, invocation) }
        return .done
    }

    private static func show(_ candidate: Candidate, _ before: String, _ invocation: Invocation) {
        // A name may hold anything; a line is one candidate.
        guard !candidate.word.contains(where: { $0.isNewline || $0 == "\t" }) else { return }
        invocation.print("\(before)\(candidate.word)\t\(candidate.help)")
    }

    private static func listed(
        _ kind: String, _ candidates: Candidates, _ invocation: Invocation
    ) throws -> [Candidate] {
        let project = try invocation.project()
        switch kind {
        case CompletionKind.stage:
            return project.definition.stages.map {
                Candidate(word: $0.name, help: "stage of kind \($0.kind.rawValue)")
            }
        case CompletionKind.environment:
            return try project.environmentNames().map {
                Candidate(word: $0, help: "environment")
            }
        case CompletionKind.release:
            guard let ledger = try invocation.ledger() else { return [] }
            // A number says little without its environment: those of the one that was named, else all.
            let named = candidates.given["environment"]
            let names = try project.environmentNames().filter { named == nil || $0 == named }
            return try names.flatMap { name in
                try ledger.releases(environment: name).map {
                    Candidate(
                        word: String($0.number),
                        help: "\(name), \(RecordedTime.iso8601($0.createdMs))")
                }
            }
        case CompletionKind.unit:
            return try units(project, candidates.prefix, invocation)
        default: return []
        }
    }

    /// Stages, rules and units that the ledger knows, a step of their names at a time: a rule may have thousands.
    private static func units(
        _ project: Project, _ prefix: String, _ invocation: Invocation
    ) throws -> [Candidate] {
        let depth = prefix.count { $0 == "/" } + 1
        var found: [String: String] = [:]
        for stage in project.definition.stages { found[stage.name] = "stage" }
        for name in try invocation.ledger()?.unitNames() ?? [] where name.hasPrefix(prefix) {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            let head = parts.prefix(depth).joined(separator: "/")
            found[parts.count > depth ? head + "/" : head] = parts.count > depth ? "units" : "unit"
        }
        return found.keys.sorted().map { Candidate(word: $0, help: found[$0] ?? "") }
    }
}

/// Kinds of things that are completed from the project.
enum CompletionKind {
    static let stage = "stage"
    static let unit = "unit"
    static let release = "release"
    static let environment = "environment"
}
