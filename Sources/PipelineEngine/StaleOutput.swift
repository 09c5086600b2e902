import PipelinePlanning
import Posix

/// A file that a unit made which is in the definition no more.
package struct StaleOutput: Sendable, Hashable {
    package let path: String
    package let unit: String

    /// By what the ledger remembers, whether they are there or not; sorted by path.
    static func remembered(
        _ graph: UnitGraph, _ memory: [String: UnitMemory], unknownAxes: [String: [String]]
    ) -> [StaleOutput] {
        let names = Set(graph.units.map(\.name))
        let outputs = Set(graph.units.flatMap(\.outputs))
        var stale: [StaleOutput] = []
        for (name, known) in memory where !names.contains(name) {
            // While an axis has not been asked, its units are unknown, not gone.
            let stage = String(name.prefix { $0 != "/" })
            if unknownAxes[stage]?.isEmpty == false { continue }
            for output in known.success?.outputs ?? [] where !outputs.contains(output.path) {
                stale.append(StaleOutput(path: output.path, unit: name))
            }
        }
        return stale.sorted { $0.path < $1.path }
    }

    var isThere: Bool {
        ((try? FileSystem.status(path)) ?? nil).map { $0.kind != .directory } ?? false
    }
}
