import Digests
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore

/// What units have made before, here or in another clone, on just what they would run on now, and where their outputs still are.
struct PastSuccesses {
    let reader: LedgerReader
    let checker: UpToDateChecker
    let store: Store
    /// Nil where the project has no archive.
    let shared: (any SharedResults)?

    /// A result and what of it must be fetched: contents that the store does not have, with their bytes.
    struct Found {
        let success: UnitMemory.Success
        let lacking: [Digest: Int64]
    }

    /// Those whose outputs can be taken from the store or fetched: what was made here before what others made, the newest first.
    func of(_ unit: UnitSpec, inputs: ComponentSet) throws -> [Found] {
        // What is written in place is not kept in the store.
        guard unit.inPlace == nil else { return [] }
        let (recipe, inputs) = (unit.recipe.digest, inputs.digest)
        let own = try reader.pastSuccesses(recipe: recipe, inputs: inputs)
        var found = try own.compactMap { try usable($0, unit) }
        if found.contains(where: { $0.lacking.isEmpty }) { return found }
        for success in try shared?.successes(
            recipe: recipe, inputs: inputs, isPortable: unit.limits.isPortable) ?? []
        {
            if let usable = try usable(success, unit) { found.append(usable) }
        }
        return found
    }

    private func usable(_ past: UnitMemory.Success, _ unit: UnitSpec) throws -> Found? {
        let files = past.outputs.filter { $0.form != .folder }
        guard Set(unit.outputs).isSubset(of: past.outputs.map(\.path)), try isCurrent(past, unit)
        else { return nil }
        var lacking: [Digest: Int64] = [:]
        for file in files where try !store.contains(file.digest) {
            lacking[file.digest] = file.size
        }
        if !lacking.isEmpty {
            guard let shared, try shared.holds(lacking.keys.sorted()) else { return nil }
        }
        if let shared, let origin = past.origin, !lacking.isEmpty {
            let bytes = lacking.values.reduce(0, +)
            guard shared.isQuicker(bytes: bytes, thanRunning: origin.milliseconds) else {
                return nil
            }
        }
        return Found(success: past, lacking: lacking)
    }

    /// Whether the code is that of the result; for one from elsewhere an interpreter may have other bytes if it is of the same
    /// version.
    private func isSame(_ code: ComponentSet, as past: UnitMemory.Success) throws -> Bool {
        if code.digest == past.code { return true }
        guard past.origin != nil, let shared, let recorded = try reader.componentSet(past.code)
        else { return false }
        return try code.changes(since: recorded).allSatisfy { change in
            guard let before = change.before.flatMap({ Digest(hex: $0) }), change.after != nil
            else { return false }
            return try shared.isSameProgram(change.name, as: before)
        }
    }

    private func isCurrent(_ past: UnitMemory.Success, _ unit: UnitSpec) throws -> Bool {
        guard let code = checker.current(past.code), try isSame(code, as: past),
            checker.current(past.reads)?.digest == past.reads
        else { return false }
        let known = Set(code.entries.map(\.name))
        return unit.declaredCode.allSatisfy(known.contains)
    }
}
