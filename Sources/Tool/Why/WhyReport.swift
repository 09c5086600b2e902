import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning

/// All that there is to say about one unit.
struct UnitReport {
    let unit: String
    let decision: Decision
    /// Whether the store has its outputs.
    var isRestorable = false
    /// What would be fetched from the archive; nil where nothing would.
    var fetch: RestoreEstimate.Fetch?
    /// For a unit that waits: the units that come first and have work, each with its first reason.
    let causes: [Cause]
    let lastSuccess: Made?
    /// The newest attempt, if it made nothing.
    let lastFailure: PastAttempt?

    struct Cause {
        let unit: String
        let reason: String
    }

    /// A success: the attempt, what it was made from, and what it made.
    struct Made {
        let attempt: PastAttempt
        let components: RecordedComponents
        let outputs: [OutputRecord]
    }
}

extension UnitReport {
    init(_ index: Int, survey: Survey, ledger: LedgerReader?) throws {
        let restores = try RestoreEstimate(survey, ledger: ledger)
        let unit = survey.graph.units[index]
        let memory = survey.memory[unit.name]
        self.init(
            unit: unit.name, decision: restores.decisions[index],
            isRestorable: restores.restorable.contains(index), fetch: restores.fetchable[index],
            causes: Self.causes(of: index, survey, restores.decisions),
            lastSuccess: try memory?.success.flatMap { try Made($0, ledger) },
            lastFailure: try memory?.failure.flatMap { try ledger?.attempt($0.attempt) })
    }

    /// Follows those that wait to those that have work of their own.
    private static func causes(
        of index: Int, _ survey: Survey, _ decisions: [Decision]
    ) -> [Cause] {
        guard case .waits = decisions[index] else { return [] }
        var causes: [Cause] = []
        var seen: Set<Int> = []
        var queue = survey.graph.producers[index]
        while !queue.isEmpty {
            let producer = queue.removeFirst()
            guard seen.insert(producer).inserted else { continue }
            let name = survey.graph.units[producer].name
            switch decisions[producer] {
            case .upToDate: break
            case .waits: queue += survey.graph.producers[producer]
            case .missingInputs(let paths):
                causes.append(Cause(unit: name, reason: "input \(paths[0]) does not exist"))
            case .unreadable(let failures):
                causes.append(Cause(unit: name, reason: failures.first?.headline ?? ""))
            case .run(let reasons), .restoreOrRun(let reasons):
                causes.append(Cause(unit: name, reason: reasons.first?.text ?? ""))
            }
        }
        return causes
    }
}

extension UnitReport.Made {
    init?(_ success: UnitMemory.Success, _ ledger: LedgerReader?) throws {
        guard let attempt = try ledger?.attempt(success.attempt),
            let components = try ledger?.components(attempt: success.attempt)
        else { return nil }
        self.init(attempt: attempt, components: components, outputs: success.outputs)
    }
}

/// A stage that is one step outside: its plan, and its last attempts.
struct StepReport {
    let entry: StagePlans.Entry
    /// The newest of each unit that the stage has: one for each environment, where it has several.
    let attempts: [PastAttempt]
}
