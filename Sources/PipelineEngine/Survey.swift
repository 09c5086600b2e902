import Digests
import FoundationEssentials
package import PipelineLedger
import PipelineModel
package import PipelinePlanning
import Posix

/// What all units of a project are, and what is to be done about each: the plan that is shown and run.
///
/// Reads the definition, the ledger and the files; changes nothing.
package final class Survey {
    package let project: Project
    package let facts: FileFacts
    package let judge: Judge
    package let graph: UnitGraph
    package let memory: [String: UnitMemory]
    /// By index in `graph`.
    package let decisions: [Decision]
    /// Axes that have never been asked for, by stage: the units along them are not known yet.
    package let unknownAxes: [String: [String]]
    /// Files that units made which the definition no longer has.
    package let stale: [StaleOutput]
    /// Answers of tools that the ledger may keep: state of the program and output, by command.
    package let learnedTools: [String: (statKey: String, output: String)]

    /// - Parameters:
    ///   - ledger: nil where there is none yet.
    ///   - force: whether every unit of these stages runs whatever is recorded.
    /// - Throws: `UnitGraph.Invalid`, `SurveyError`, `PosixError`, `LedgerError`.
    package init(_ project: Project, ledger: LedgerReader?, force: Bool = false) throws {
        self.project = project
        let memory = try ledger?.unitMemories() ?? [:]
        let facts = FileFacts(recorded: try ledger?.fileDigests() ?? [:])
        let expansion = try Expansion(project, memory: memory, ledger: ledger)
        let graph = try UnitGraph(expansion.units)
        let sets = StoredSets(ledger)
        let judge = Judge(fact: facts.fact, storedSet: sets.find)
        try facts.load(Self.paths(graph, memory, sets))
        decisions = UnitPlanner.plan(graph, judge: judge, memory: memory, force: force)
        stale = StaleOutput.find(graph, memory, unknownAxes: expansion.unknownAxes, facts: facts)
        unknownAxes = expansion.unknownAxes
        learnedTools = expansion.learnedTools
        self.memory = memory
        self.facts = facts
        self.graph = graph
        self.judge = judge
    }

    /// The indices of a stage's units, in an order in which producers come first.
    package func units(of stage: String) -> [Int] {
        graph.order.filter { graph.units[$0].stage == stage }
    }

    /// Everything that is looked at to decide, so that it is looked at in one go.
    private static func paths(
        _ graph: UnitGraph, _ memory: [String: UnitMemory], _ sets: StoredSets
    ) -> Set<String> {
        var paths: Set<String> = []
        var seen: Set<Digest> = []
        for unit in graph.units {
            paths.formUnion(unit.inputs)
            paths.formUnion(unit.outputs)
            paths.formUnion(unit.declaredCode)
            guard let success = memory[unit.name]?.success else { continue }
            for digest in [success.code, success.reads] where seen.insert(digest).inserted {
                for entry in sets.find(digest)?.entries ?? [] { paths.insert(entry.name) }
            }
        }
        return paths
    }
}

/// A file that a unit made which is in the definition no more.
package struct StaleOutput: Sendable, Hashable {
    package let path: String
    package let unit: String

    fileprivate static func find(
        _ graph: UnitGraph, _ memory: [String: UnitMemory], unknownAxes: [String: [String]],
        facts: FileFacts
    ) -> [StaleOutput] {
        let names = Set(graph.units.map(\.name))
        let outputs = Set(graph.units.flatMap(\.outputs))
        var stale: [StaleOutput] = []
        for (name, known) in memory where !names.contains(name) {
            // While an axis has not been asked, its units are unknown, not gone.
            let stage = String(name.prefix { $0 != "/" })
            if unknownAxes[stage]?.isEmpty == false { continue }
            for output in known.success?.outputs ?? [] where !outputs.contains(output.path) {
                if facts.fact(output.path) != .absent {
                    stale.append(StaleOutput(path: output.path, unit: name))
                }
            }
        }
        return stale.sorted { $0.path < $1.path }
    }
}

/// The component sets of the ledger, each read once.
final class StoredSets {
    private let ledger: LedgerReader?
    private var known: [Digest: ComponentSet] = [ComponentSet.empty.digest: .empty]

    init(_ ledger: LedgerReader?) {
        self.ledger = ledger
    }

    func find(_ digest: Digest) -> ComponentSet? {
        if let set = known[digest] { return set }
        guard let set = try? ledger?.componentSet(digest) else { return nil }
        known[digest] = set
        return set
    }
}
