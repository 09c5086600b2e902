import Arguments
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// `pipeline why NAME`: why something runs, or does not, or ran. Changes nothing.
enum WhyCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "why", summary: "explain what runs or ran, where a file comes from, and what depends on it",
        discussion:
            "NAME is a stage, a unit, a rule or the path of a file. For the next run every "
            + "component that changed is shown, before and after; with --run N that of a run of the past. "
            + "--back goes from what was made to the raw files and the code that it was made from, also as a "
            + "release holds it; --forward from a file to all that depends on it. Values of axes may be "
            + "written as they are.\n\n"
            + "Examples:\n  pipeline why compile/ligand_effects/CD94:NKG2A --past\n"
            + "  pipeline why data/compiled/tsne.feather --back --release 3\n"
            + "  pipeline why data/raw/all.tsv --forward\n  pipeline why --release 3",
        positionals: [
            PositionalSpec(
                "name", .optional, help: "a stage, a unit or a file",
                completion: .dynamic(CompletionKind.unit))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME",
                help: "the environment of a shipping stage, or of --release",
                completion: .dynamic(CompletionKind.environment)),
            .flag("past", help: "list all attempts"),
            .value("run", "N", help: "why it ran in this run"),
            .flag("back", help: "from what it was made: units, raw files, code"),
            .flag("forward", help: "what depends on the file: units, outputs, releases"),
            .flag(
                "elsewhere",
                help:
                    "what keeps a unit from the nearest result in the archive, component by component"
            ),
            .value(
                "release", "N",
                help: "with a file: as it is in this release; alone: why there is this release",
                completion: .dynamic(CompletionKind.release)),
            .flag("all", help: "shorten no list"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let question = try WhyQuestion(invocation.arguments)
        let folder = try FileSystem.realPath(".")
        let project = try invocation.project()
        try invocation.readArchive(project)
        let ledger = try invocation.ledger()
        let origins = WhyOrigins(invocation, project, ledger: ledger, from: folder)
        let limit = invocation.arguments.flag("all") ? Int.max : 10
        if case .release(let number) = question { return try origins.release(number) }
        let typed = invocation.arguments.positional("name") ?? ""
        if case .back(let release?) = question { return try origins.back(typed, release: release) }
        let survey = try Survey(project, ledger: ledger)
        if case .forward = question { return try origins.forward(typed, survey) }
        let subject: WhySubject
        do {
            subject = try WhySubject.find(
                typed, from: folder, survey: survey, recorded: try ledger?.unitNames() ?? [])
        } catch {
            // What nothing makes is explained by what is made of it. try?: the first error says more.
            if case .next = question, error is NotMade || error is UnknownName,
                (try? origins.isKnown(typed, survey)) == true  // try?: the first error says more
            {
                return try origins.forward(typed, survey)
            }
            throw error
        }
        switch question {
        case .past: return try showPast(try past(subject, survey, ledger), invocation)
        case .run(let number):
            return try showRun(number, typed, subject, survey, ledger, invocation)
        case .back: return try origins.back(typed, subject, survey)
        case .elsewhere: return try WhyElsewhere.show(subject, project, survey, invocation)
        case .next, .forward, .release: break
        }
        switch subject {
        case .unit(let index):
            let report = try UnitReport(index, survey: survey, ledger: ledger)
            show(
                WhyJSON.unit(report),
                WhyText.unit(
                    report, nowMs: RecordedTime.now, style: invocation.style, limit: limit),
                invocation)
        case .group(let name, let units):
            show(
                WhyJSON.group(name, units, survey),
                WhyGroupText.lines(name, units, survey, invocation.style, limit: limit),
                invocation)
        case .step(let stage):
            let plans = try StagePlans(
                invocation, project, project.definition.closure(of: [stage.name]), ledger: ledger)
            guard let entry = plans.stages.last else { return .failed }
            let report = StepReport(
                entry: entry, attempts: try ledger?.newestAttempts(stage: stage.name) ?? [])
            show(
                WhyJSON.step(report),
                WhyText.step(report, nowMs: RecordedTime.now, style: invocation.style), invocation)
        case .past: return try showPast(try past(subject, survey, ledger), invocation)
        }
        return .done
    }

    private static func past(
        _ subject: WhySubject, _ survey: Survey, _ ledger: LedgerReader?
    ) throws -> [PastAttempt] {
        switch subject {
        case .unit(let index):
            try ledger?.attempts(unit: survey.graph.units[index].name) ?? []
        case .past(let name): try ledger?.attempts(unit: name) ?? []
        case .step(let stage): try ledger?.attempts(stage: stage.name) ?? []
        case .group(_, let units):
            try units.flatMap { try ledger?.attempts(unit: survey.graph.units[$0].name) ?? [] }
                .sorted { $0.id > $1.id }
        }
    }

    private static func showRun(
        _ number: Int64, _ typed: String, _ subject: WhySubject, _ survey: Survey,
        _ ledger: LedgerReader?, _ invocation: Invocation
    ) throws -> ExitCode {
        guard let ledger, let run = try ledger.run(number) else {
            throw NoRun(number: number, typed: typed)
        }
        let all = try past(subject, survey, ledger)
        let attempts = all.filter { $0.run == number }
        let limit = invocation.arguments.flag("all") ? Int.max : 10
        show(
            .object([
                "run": .object(StatusJSON.run(run)),
                "attempts": .array(attempts.map(AttemptJSON.value)),
            ]),
            WhyRunText.lines(
                typed, run: run, attempts, earlier: all.first { $0.run < number },
                style: invocation.style, limit: limit), invocation)
        return .done
    }

    private static func showPast(
        _ attempts: [PastAttempt], _ invocation: Invocation
    ) throws -> ExitCode {
        let document = JSONValue.object(["attempts": .array(attempts.map(AttemptJSON.value))])
        show(
            document, WhyPastText.lines(attempts, style: invocation.style, width: invocation.width),
            invocation)
        return .done
    }

    static func show(
        _ document: JSONValue, _ lines: @autoclosure () -> [String], _ invocation: Invocation
    ) {
        if invocation.isJSON {
            invocation.print(document.text)
        } else {
            lines().forEach(invocation.print)
        }
    }
}
