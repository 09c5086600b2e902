import Digests
import PipelineLedger
import PipelinePlanning
import PipelineStore

/// What units have made before, on just what they would run on now, and what the store still holds.
struct PastSuccesses {
    let reader: LedgerReader
    let checker: UpToDateChecker
    let store: Store

    /// Those whose outputs can be taken from the store, the newest first.
    func of(_ unit: UnitSpec, inputs: ComponentSet) throws -> [UnitMemory.Success] {
        // What is written in place is not kept in the store.
        guard unit.inPlace == nil else { return [] }
        return try reader.pastSuccesses(recipe: unit.recipe.digest, inputs: inputs.digest).filter {
            past in
            let files = past.outputs.filter { $0.form != .folder }
            guard Set(unit.outputs).isSubset(of: past.outputs.map(\.path)), isCurrent(past, unit)
            else { return false }
            return try files.allSatisfy { try store.contains($0.digest) }
        }
    }

    private func isCurrent(_ past: UnitMemory.Success, _ unit: UnitSpec) -> Bool {
        guard let code = checker.current(past.code), code.digest == past.code,
            checker.current(past.reads)?.digest == past.reads
        else { return false }
        let known = Set(code.entries.map(\.name))
        return unit.declaredCode.allSatisfy(known.contains)
    }
}
