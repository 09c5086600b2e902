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
        guard pattern.isPattern else { return plain(pattern) }
        let made = outputs.filter(pattern.matches)
        return made.union(find(pattern)).sorted()
    }

    /// A path without wild characters: a file, or a folder that stands for all below it. Thousands of
    /// units name files of their own, so none of them may cost a look at all outputs.
    private func plain(_ pattern: PathPattern) -> [String] {
        var files = find(pattern)
        if outputFolders.contains(pattern.source) {
            let prefix = pattern.source + "/"
            files = Array(outputs.filter { $0.hasPrefix(prefix) }.union(files))
        }
        return files.isEmpty ? [pattern.source] : files.sorted()
    }

    /// Every folder that an output lies in, at any depth.
    private lazy var outputFolders: Set<String> = {
        var folders: Set<String> = []
        for output in outputs {
            var rest = output[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                guard folders.insert(String(rest)).inserted else { break }
            }
        }
        return folders
    }()
}
