import Digests
import PipelineLedger
import PipelinePlanning

/// The component sets of the ledger, each read once.
final class StoredSets {
    private let ledger: LedgerReader?
    private var known: [Digest: ComponentSet] = [ComponentSet.empty.digest: .empty]
    private var failure: (any Error)?

    init(_ ledger: LedgerReader?) {
        self.ledger = ledger
    }

    /// Nil also where it cannot be read, which `check` reports.
    func find(_ digest: Digest) -> ComponentSet? {
        if let set = known[digest] { return set }
        do {
            guard let set = try ledger?.componentSet(digest) else { return nil }
            known[digest] = set
            return set
        } catch {
            failure = failure ?? error
            return nil
        }
    }

    /// - Throws: why a set could not be read: what was decided by it counts for nothing.
    func check() throws {
        if let failure { throw failure }
    }

    /// Everything that is looked at to decide about units, so that it is looked at in one go.
    func paths(_ graph: UnitGraph, _ memory: [String: UnitMemory]) -> Set<String> {
        var paths: Set<String> = []
        var seen: Set<Digest> = []
        for unit in graph.units {
            paths.formUnion(unit.inputs)
            paths.formUnion(unit.outputs)
            paths.formUnion(unit.declaredCode)
            guard let success = memory[unit.name]?.success else { continue }
            for digest in [success.code, success.reads] where seen.insert(digest).inserted {
                for entry in find(digest)?.entries ?? [] { paths.insert(entry.name) }
            }
        }
        return paths
    }
}
