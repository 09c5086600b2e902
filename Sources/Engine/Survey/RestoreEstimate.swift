package import Digests
package import PipelineLedger
package import PipelinePlanning
import PipelineStore

/// Which units a run would take from the store, or fetch from the archive: found as the run finds it, unit by unit from inputs to
/// outputs, with what is restored for one taken as there for the next. Changes nothing.
package struct RestoreEstimate {
    /// As the survey's, where what is restored is as good as there.
    package private(set) var decisions: [Decision]
    /// Indices of units whose outputs the store has.
    package private(set) var restorable: Set<Int> = []
    /// Units whose outputs are in the archive, by index.
    package private(set) var fetchable: [Int: Fetch] = [:]

    /// What of a unit is to be fetched.
    package struct Fetch: Sendable {
        /// Contents that the store does not have, with their bytes.
        package let contents: [Digest: Int64]
        /// Who made it; nil where this clone did.
        package let origin: ResultOrigin?

        package var bytes: Int64 { contents.values.reduce(0, +) }
    }

    package init(_ survey: Survey, ledger: LedgerReader?) throws {
        decisions = survey.decisions
        let isAny = decisions.contains { if case .restoreOrRun = $0 { true } else { false } }
        guard let ledger, isAny else { return }
        let restored = Restored()
        let checker = UpToDateChecker(
            fact: { restored.facts[$0] ?? survey.facts.fact($0) }, storedSet: survey.stored)
        let past = PastSuccesses(
            reader: ledger, checker: checker, store: Store(root: Project.storePath),
            shared: survey.project.shared)
        var isOpen = [Bool](repeating: false, count: decisions.count)
        for index in survey.graph.order where !decisions[index].isUpToDate {
            let unit = survey.graph.units[index]
            let producers = survey.graph.producers[index]
            let isForced = decisions[index].reasons.contains(.forced)
            guard !isForced, !producers.contains(where: { isOpen[$0] }) else {
                isOpen[index] = true
                continue
            }
            if !unit.mayRead.isEmpty { checker.forgetFiles() }
            decisions[index] = checker.decide(unit, memory: survey.memory[unit.name])
            if decisions[index].isUpToDate { continue }
            guard case .restoreOrRun = decisions[index],
                let found = try past.of(unit, inputs: checker.fileSet(unit.inputs)).first
            else {
                isOpen[index] = true
                continue
            }
            if found.success.origin == nil, found.lacking.isEmpty {
                restorable.insert(index)
            } else {
                fetchable[index] = Fetch(
                    contents: found.lacking, origin: found.success.origin)
            }
            for output in found.success.outputs {
                restored.facts[output.path] = .content(output.digest)
            }
        }
    }

    /// What is restored, for the checker to see.
    private final class Restored { var facts: [String: FileFact] = [:] }
}
