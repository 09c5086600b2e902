package import Failures
package import Paths
import PipelineModel

/// Files that a pattern stands for, and what could not be looked at to find them.
package struct FoundFiles: Sendable, Hashable {
    /// Project-relative, sorted by their bytes where the source of them does so, each once.
    package var paths: [String]
    /// Folders that could not be listed, links that lead nowhere, names and kinds of files that no unit can read.
    package var unreadable: [Failure]

    package init(_ paths: [String] = [], unreadable: [Failure] = []) {
        self.paths = paths
        self.unreadable = unreadable
    }
}

/// Finds the files that an input pattern stands for: those that are there, and those that units
/// will make. Each pattern is looked up once.
package final class InputResolver {
    /// Existing project files that a pattern matches; a folder stands for all files below it.
    private let find: (PathPattern) -> FoundFiles
    private let outputs: Set<String>
    private var known: [String: FoundFiles] = [:]

    /// - Parameter outputFolders: every folder that an output lies in, at any depth, where that is known.
    package init(
        outputs: Set<String>, outputFolders: Set<String>? = nil,
        find: @escaping (PathPattern) -> FoundFiles
    ) {
        self.outputs = outputs
        self.find = find
        self.outputFolders = outputFolders ?? Self.folders(of: outputs)
    }

    /// Sorted, each once. A plain path that is nothing yet stands for itself, so that a missing
    /// input is seen as missing.
    package func files(_ patterns: [PathPattern], except own: [String]) -> FoundFiles {
        if patterns.count == 1, own.isEmpty || !patterns[0].isPattern { return files(patterns[0]) }
        var all: Set<String> = []
        var unreadable: [Failure] = []
        for pattern in patterns {
            let found = files(pattern)
            all.formUnion(found.paths)
            unreadable += found.unreadable
        }
        for path in own { all.remove(path) }
        return FoundFiles(all.sorted(), unreadable: unreadable)
    }

    private func files(_ pattern: PathPattern) -> FoundFiles {
        if let files = known[pattern.source] { return files }
        let files = lookUp(pattern)
        known[pattern.source] = files
        return files
    }

    private func lookUp(_ pattern: PathPattern) -> FoundFiles {
        if let folder = pattern.wholePath { return plain(pattern, folder) }
        var found = find(pattern)
        found.paths = outputs.filter(pattern.matches).union(found.paths).sorted()
        return found
    }

    /// A path without wild characters: a file, or a folder that stands for all below it. Thousands of
    /// units name files of their own, so none of them may cost a look at all outputs.
    private func plain(_ pattern: PathPattern, _ path: String) -> FoundFiles {
        var found = find(pattern)
        if outputFolders.contains(path) {
            let prefix = path + "/"
            found.paths = Array(outputs.filter { $0.hasPrefix(prefix) }.union(found.paths))
        }
        if found.paths.isEmpty, !pattern.isPattern { found.paths = [path] }
        found.paths.sort()
        return found
    }

    private let outputFolders: Set<String>

    /// Every folder that one of these lies in, at any depth.
    package static func folders(of paths: some Sequence<String>) -> Set<String> {
        var folders: Set<String> = []
        for path in paths {
            for folder in PathText.ancestors(path) {
                guard folders.insert(folder).inserted else { break }
            }
        }
        return folders
    }
}
