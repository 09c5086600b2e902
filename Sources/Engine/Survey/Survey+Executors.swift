import Digests
import PipelinePlanning

/// What executors ask about units.
extension Survey {
    /// The digest of all that decides a unit's outputs as far as it is known before the unit runs.
    func basis(_ unit: UnitSpec) -> String {
        Fingerprint.of(
            recipe: unit.recipe.digest, code: judge.fileSet(unit.declaredCode).digest,
            inputs: judge.fileSet(unit.inputs).digest, reads: ComponentSet.empty.digest
        ).hex
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
