import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// `pipeline why NAME`: why something runs, or does not, or ran. Changes nothing.
enum WhyCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "why", summary: "explain what the next run does about a unit, and why it ran before",
        discussion:
            "NAME is a stage, a unit, a family of units or the path of an output file. For the next "
            + "run every component that changed is shown, before and after. Values of axes may be "
            + "written as they are.\n\nExample: pipeline why compile/ligand_effects/CD94:NKG2A --past",
        positionals: [
            PositionalSpec(
                "name", help: "a stage, a unit or an output file",
                completion: .dynamic(CompletionKind.unit))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment of a shipping stage",
                completion: .dynamic(CompletionKind.environment)),
            .flag("past", help: "list all attempts of the unit"),
            .flag("all", help: "shorten no list"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let folder = try FileSystem.realPath(".")
        let project = try invocation.project()
        let ledger = try invocation.ledger()
        let survey = try Survey(project, ledger: ledger)
        let typed = invocation.arguments.positional("name") ?? ""
        let subject = try WhySubject.find(
            typed, from: folder, survey: survey, recorded: try ledger?.unitNames() ?? [])
        let limit = invocation.arguments.flag("all") ? Int.max : 10
        if invocation.arguments.flag("past") {
            return try showPast(try past(subject, survey, ledger), invocation)
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

    private static func showPast(
        _ attempts: [PastAttempt], _ invocation: Invocation
    ) throws -> ExitCode {
        let document = JSONValue.object(["attempts": .array(attempts.map(AttemptJSON.value))])
        show(
            document, WhyPastText.lines(attempts, style: invocation.style, width: invocation.width),
            invocation)
        return .done
    }

    private static func show(
        _ document: JSONValue, _ lines: @autoclosure () -> [String], _ invocation: Invocation
    ) {
        if invocation.isJSON {
            invocation.print(document.text)
        } else {
            lines().forEach(invocation.print)
        }
    }
}
