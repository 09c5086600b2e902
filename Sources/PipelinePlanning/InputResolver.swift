package import PipelineModel

/// Finds the files that an input pattern stands for: those that are there, and those that units
/// will make. Each pattern is looked up once.
package final class InputResolver {
    /// Existing project files that a pattern matches; a folder stands for all files below it.
    private let find: (PathPattern) -> [String]
    private let outputs: Set<String>
    private var known: [String: [String]] = [:]

    package init(outputs: Set<String>, find: @escaping (PathPattern) -> [String]) {
        self.outputs = outputs
        self.find = find
    }

    /// Sorted, each once. A plain path that is nothing yet stands for itself, so that a missing
    /// input is seen as missing.
    package func files(_ patterns: [PathPattern], except own: [String]) -> [String] {
        if patterns.count == 1, own.isEmpty || !patterns[0].isPattern { return files(patterns[0]) }
        var all: Set<String> = []
        for pattern in patterns { all.formUnion(files(pattern)) }
        for path in own { all.remove(path) }
        return all.sorted()
    }

    private func files(_ pattern: PathPattern) -> [String] {
        if let files = known[pattern.source] { return files }
        let files = lookUp(pattern)
        known[pattern.source] = files
        return files
    }

    private func lookUp(_ pattern: PathPattern) -> [String] {
        if !pattern.isPattern, outputs.contains(pattern.source) { return [pattern.source] }
        let below = PathPattern(pattern.source + "/**")
        let made = outputs.filter {
            pattern.matches($0) || (!pattern.isPattern && below.matches($0))
        }
        let files = made.union(find(pattern))
        if files.isEmpty, !pattern.isPattern { return [pattern.source] }
        return files.sorted()
    }
}
