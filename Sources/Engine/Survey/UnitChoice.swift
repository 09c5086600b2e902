package import Failures
import Paths
package import PipelineModel
import PipelinePlanning
import Spelling

/// Which units a run is to be about: all, or some and what they need.
package struct UnitChoice: Sendable {
    private let patterns: [PathPattern]
    private let written: [String]
    private let failedOnly: Bool

    package static let all = UnitChoice(patterns: [], failedOnly: false)

    /// - Parameter patterns: of units' names, such as `compile/tsne/*`.
    package init(patterns: [String], failedOnly: Bool) {
        self.patterns = patterns.map { PathPattern($0) }
        written = patterns
        self.failedOnly = failedOnly
    }

    package var isAll: Bool { patterns.isEmpty && !failedOnly }

    /// Refuses patterns that match no unit of the stages. As long as values of axes are unknown there may be units
    /// that are not known yet, and nothing is refused.
    ///
    /// - Throws: `UnmatchedPattern`.
    package func check(_ survey: Survey, stages: [Stage]) throws {
        let indices = stages.flatMap { survey.units(of: $0.name) }
        let units = survey.graph.units
        let isOpen = indices.contains { units[$0].isAxis && !survey.decisions[$0].isUpToDate }
        guard !patterns.isEmpty, !isOpen else { return }
        let names = indices.filter { !units[$0].isAxis }.map { units[$0].name }
        for (pattern, text) in zip(patterns, written) where !names.contains(where: pattern.matches)
        {
            throw UnmatchedPattern(pattern: text, nearest: Spelling.nearest(text, among: names))
        }
    }

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

/// A pattern of `--only` that matches no unit.
package struct UnmatchedPattern: Explained {
    let pattern: String
    let nearest: String?

    package var description: String { failure.text }

    package var failure: Failure {
        Failure(
            "only-nothing", "no unit matches \"\(pattern)\"",
            cause: "--only takes names of units or patterns of them, such as \"compile/tsne/*\"",
            next: nearest.map { "did you mean \"\($0)\"?" } ?? "see the rules of units",
            run: nearest.map { Failure.Command.corrected(pattern, to: $0) }
                ?? .exact("pipeline graph"))
    }
}
