import Paths

/// The patterns of an `.ebignore` file, which are those of `.gitignore` (gitignore(5)).
struct IgnoreFile {
    private let patterns: [IgnorePattern]

    init(_ text: String) {
        var patterns: [IgnorePattern] = []
        // "\r\n" is one Character, so lines are split as scalars.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let pattern = IgnorePattern(String(line), line: index + 1) {
                patterns.append(pattern)
            }
        }
        self.patterns = patterns
    }

    /// The line that keeps a file out; nil when it is let in. Below a folder that is ignored nothing is let
    /// in again.
    func lineIgnoring(_ path: String) -> Int? {
        let components = PathText.names(path)
        for count in 1...max(1, components.count) {
            let isFolder = count < components.count
            let last = patterns.last { $0.matches(components.prefix(count), isFolder: isFolder) }
            if let last, !last.isException { return last.line }
        }
        return nil
    }
}
