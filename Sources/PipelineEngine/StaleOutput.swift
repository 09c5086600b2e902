import PipelinePlanning

/// A file that a unit made which is in the definition no more.
package struct StaleOutput: Sendable, Hashable {
    package let path: String
    package let unit: String

    /// Those that are there, and the paths of those that are not.
    static func find(
        _ graph: UnitGraph, _ memory: [String: UnitMemory], unknownAxes: [String: [String]],
        facts: FileFacts
    ) -> (there: [StaleOutput], gone: [String]) {
        let names = Set(graph.units.map(\.name))
        let outputs = Set(graph.units.flatMap(\.outputs))
        var there: [StaleOutput] = []
        var gone: [String] = []
        for (name, known) in memory where !names.contains(name) {
            // While an axis has not been asked, its units are unknown, not gone.
            let stage = String(name.prefix { $0 != "/" })
            if unknownAxes[stage]?.isEmpty == false { continue }
            for output in known.success?.outputs ?? [] where !outputs.contains(output.path) {
                if facts.fact(output.path) == .absent {
                    gone.append(output.path)
                } else {
                    there.append(StaleOutput(path: output.path, unit: name))
                }
            }
        }
        return (there.sorted { $0.path < $1.path }, gone.sorted())
    }
}
