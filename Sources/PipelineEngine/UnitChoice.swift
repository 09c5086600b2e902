import PipelineModel
import PipelinePlanning

/// Which units a run is to be about: all, or some and what they need.
package struct UnitChoice: Sendable {
    private let patterns: [PathPattern]
    private let failedOnly: Bool

    package static let all = UnitChoice(patterns: [], failedOnly: false)

    /// - Parameter patterns: of units' names, such as `compile/tsne/*`.
    package init(patterns: [String], failedOnly: Bool) {
        self.patterns = patterns.map { PathPattern($0) }
        self.failedOnly = failedOnly
    }

    package var isAll: Bool { patterns.isEmpty && !failedOnly }

    /// The units of a stage that are to be run: those that are meant, and those that make what they read.
    ///
    /// - Parameter units: indices in the survey's graph.
    func select(_ units: [Int], _ survey: Survey) -> [Int] {
        if isAll { return units }
        let graph = survey.graph
        var wanted: Set<Int> = []
        var waiting = (0..<graph.units.count).filter { isMeant(graph.units[$0].name, survey) }
        while let index = waiting.popLast() {
            if wanted.insert(index).inserted { waiting += graph.producers[index] }
        }
        return units.filter { wanted.contains($0) }
    }

    private func isMeant(_ name: String, _ survey: Survey) -> Bool {
        if failedOnly, survey.memory[name]?.failure == nil { return false }
        return patterns.isEmpty || patterns.contains { $0.matches(name) }
    }
}
