import Digests
package import PipelineLedger
import PipelinePlanning

/// What executors, reports and `why` ask about units.
extension Survey {
    /// The digest of all that decides a unit's outputs as far as it is known before the unit runs.
    func basis(_ unit: UnitSpec) -> String {
        Fingerprint.of(
            recipe: unit.recipe.digest, code: checker.fileSet(unit.declaredCode).digest,
            inputs: checker.fileSet(unit.inputs).digest, reads: ComponentSet.empty.digest
        ).hex
    }

    /// What decides a unit's outputs, as things are now.
    package func components(of index: Int) -> RecordedComponents {
        let unit = graph.units[index]
        let success = memory[unit.name]?.success
        let known = success.flatMap { checker.current($0.code) }?.entries ?? []
        let names = Set(known.map(\.name))
        let more = checker.fileSet(unit.declaredCode.filter { !names.contains($0) }).entries
        return RecordedComponents(
            recipe: unit.recipe, code: ComponentSet(known + more),
            inputs: checker.fileSet(unit.inputs),
            reads: success.flatMap { checker.current($0.reads) } ?? .empty)
    }

    /// Whether there is nothing to do about a unit of a stage, as it is known now; true for a unit of another stage.
    func settled(_ stage: String) -> (String) -> Bool {
        var decisions: [String: Bool] = [:]
        for index in units(of: stage) {
            decisions[graph.units[index].name] = self.decisions[index].isUpToDate
        }
        return { [decisions] in decisions[$0] ?? true }
    }
}
