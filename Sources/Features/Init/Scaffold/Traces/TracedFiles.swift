import Paths
import Texts

/// What a traced command did to the files of a folder, as the keys of a stage. Pure.
package struct TracedFiles: Hashable, Sendable {
    /// What it read and did not write: patterns where it read all files of a folder with one ending.
    package private(set) var inputs: [String] = []
    /// Programs among these.
    package private(set) var code: [String] = []
    package private(set) var outputs: [String] = []
    /// Names that a definition cannot hold, or that may hold a secret: they are left out.
    package private(set) var left: [String] = []

    /// So many files of a folder with one ending, and none besides, become a pattern.
    private static let group = 4

    /// - Parameters:
    ///   - read: files that were opened to be read and never to be written.
    ///   - written: files that are new, or other than before the command.
    ///   - present: all files after the command.
    ///   - command: its words, which count as they are.
    package init(read: [String], written: [String], present: [String], command: [String]) {
        let made = Set(written)
        let there = Set(present)
        var names: (inputs: [String], code: [String]) = ([], [])
        for path in read where there.contains(path) && !made.contains(path) {
            guard !Self.isAside(path), !command.contains(path) else { continue }
            if FileEndings.isCode(path) {
                names.code.append(path)
            } else {
                names.inputs.append(path)
            }
        }
        let files = present.filter { !Self.isAside($0) }
        inputs = grouped(names.inputs, among: files)
        code = grouped(names.code, among: files)
        outputs = grouped(written.filter { !Self.isAside($0) }, among: files)
        left.sort()
    }

    /// What Python keeps of its own, the definition, and what is no content.
    private static func isAside(_ path: String) -> Bool {
        let names = PathText.names(path)
        return names.contains("__pycache__") || names.first?.hasPrefix(".pipeline") == true
            || names.first == "pipeline" && names.count > 1 && path.hasSuffix(".yaml")
    }

    private mutating func grouped(_ paths: [String], among present: [String]) -> [String] {
        var groups: [String: Set<String>] = [:]
        for path in paths { groups[Self.pattern(path), default: []].insert(path) }
        var all: [String: Int] = [:]
        for path in Set(present) { all[Self.pattern(path), default: 0] += 1 }
        var found: [String] = []
        for (pattern, members) in groups {
            let isWhole = members.count == all[pattern] && Self.isPlain(PathText.folder(pattern))
            if isWhole, members.count >= Self.group {
                found.append(pattern)
                continue
            }
            found += members.filter(Self.isPlain)
            left += members.filter { !Self.isPlain($0) || Self.isSecret($0) }
        }
        return found.filter { !Self.isSecret($0) }.sorted()
    }

    /// `data/*.csv` for `data/a.csv`; the path itself for a name without an ending.
    private static func pattern(_ path: String) -> String {
        let name = PathText.name(path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
        return PathText.join(PathText.folder(path), "*\(name[dot...])")
    }

    private static func isSecret(_ path: String) -> Bool {
        PathText.name(path).hasPrefix(".env")
    }

    /// Whether it stands for itself in a definition, and for nothing else.
    private static func isPlain(_ path: String) -> Bool {
        !path.contains { "{}*?[]$".contains($0) }
    }
}
