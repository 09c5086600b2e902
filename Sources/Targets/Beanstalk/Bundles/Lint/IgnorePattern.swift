import Paths

/// One pattern of gitignore(5).
struct IgnorePattern {
    let line: Int
    let isException: Bool
    private let isForFolders: Bool
    /// nil stands for any number of folders.
    private let components: [NamePattern?]

    /// Nil for a line that is no pattern.
    init?(_ text: String, line: Int) {
        var rest = Substring(text).unicodeScalars
        if rest.last == "\r" { rest.removeLast() }
        // Blanks at the end count only when the last is escaped.
        while let last = rest.last, last == " ", rest.dropLast().last != "\\" { rest.removeLast() }
        guard let first = rest.first, first != "#" else { return nil }
        isException = first == "!"
        if isException { rest.removeFirst() }
        isForFolders = rest.last == "/"
        if isForFolders { rest.removeLast() }
        guard !rest.isEmpty else { return nil }
        let isAnchored = rest.contains("/")
        if rest.first == "/" { rest.removeFirst() }
        let parts = PathText.names(String(rest)).map {
            $0 == "**" ? nil : NamePattern($0, .escapes)
        }
        // A name without a slash matches in every folder.
        components = isAnchored ? parts : [nil] + parts
        self.line = line
    }

    func matches(_ path: ArraySlice<String>, isFolder: Bool) -> Bool {
        if isForFolders, !isFolder { return false }
        return Self.matches(components[...], path)
    }

    private static func matches(
        _ pattern: ArraySlice<NamePattern?>, _ path: ArraySlice<String>
    ) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        guard let first else {
            // At the end it stands for at least one name, elsewhere for any number of folders.
            if rest.isEmpty { return !path.isEmpty }
            return path.indices.contains { matches(rest, path[$0...]) }
        }
        guard let name = path.first, first.matches(name) else { return false }
        return matches(rest, path.dropFirst())
    }
}
