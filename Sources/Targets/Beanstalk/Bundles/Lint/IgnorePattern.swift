/// One pattern of gitignore(5).
struct IgnorePattern {
    let line: Int
    let isException: Bool
    private let isForFolders: Bool
    private let components: [[Unicode.Scalar]]

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
        let parts = rest.split(separator: "/").map(Array.init)
        // A name without a slash matches in every folder.
        components = isAnchored ? parts : [["*", "*"]] + parts
        self.line = line
    }

    func matches(_ path: ArraySlice<[Unicode.Scalar]>, isFolder: Bool) -> Bool {
        if isForFolders, !isFolder { return false }
        return Self.matches(components[...], path)
    }

    private static func matches(
        _ pattern: ArraySlice<[Unicode.Scalar]>, _ path: ArraySlice<[Unicode.Scalar]>
    ) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == ["*", "*"] {
            // At the end it stands for at least one name, elsewhere for any number of folders.
            if rest.isEmpty { return !path.isEmpty }
            return path.indices.contains { matches(rest, path[$0...]) }
        }
        guard let name = path.first, matchesName(first[...], name[...]) else { return false }
        return matches(rest, path.dropFirst())
    }

    private static func matchesName(
        _ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*":
            return matchesName(rest, name)
                || !name.isEmpty && matchesName(pattern, name.dropFirst())
        case "?": return !name.isEmpty && matchesName(rest, name.dropFirst())
        case "[":
            guard let scalar = name.first, let end = endOfSet(rest) else { return false }
            return contains(rest[rest.startIndex..<end], scalar)
                && matchesName(rest[(end + 1)...], name.dropFirst())
        case "\\":
            guard let literal = rest.first else { return false }
            return name.first == literal && matchesName(rest.dropFirst(), name.dropFirst())
        default: return name.first == first && matchesName(rest, name.dropFirst())
        }
    }

    // A bracket that comes first is a member of the set.
    private static func endOfSet(_ text: ArraySlice<Unicode.Scalar>) -> Int? {
        var start = text.startIndex
        if let first = text.first, first == "!" || first == "^" { start += 1 }
        return text[min(start + 1, text.endIndex)...].firstIndex(of: "]")
    }

    private static func contains(
        _ set: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar
    ) -> Bool {
        var members = set
        let isNegated = members.first == "!" || members.first == "^"
        if isNegated { members = members.dropFirst() }
        var isFound = false
        while let low = members.popFirst() {
            if members.first == "-", let high = members.dropFirst().first {
                members = members.dropFirst(2)
                isFound = isFound || low.value <= scalar.value && scalar.value <= high.value
            } else {
                isFound = isFound || low == scalar
            }
        }
        return isFound != isNegated
    }
}
