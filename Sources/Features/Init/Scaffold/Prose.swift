/// Comments in the text of a file.
enum Comment {
    /// Lines of at most 100 columns, each beginning with `#`, indented.
    static func lines(_ text: String, indent: Int = 0) -> [String] {
        let start = String(repeating: " ", count: indent) + "#"
        var lines: [String] = []
        var line = start
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 100, line.count > start.count {
                lines.append(line)
                line = start
            }
            line += " " + word
        }
        return lines + [line]
    }
}

/// Several things in a sentence.
enum Listing {
    /// `a`, `a and b`, `a, b and c`.
    static func and(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    static func words(_ words: [String]) -> String {
        words.map(YAMLText.name).joined(separator: " ")
    }

    static func names(_ names: [String]) -> String { and(names.map(YAMLText.name)) }

    /// The first names, and how many more there are.
    static func some(_ names: [String], limit: Int = 4) -> String {
        if names.count <= limit { return self.names(names) }
        return names.prefix(limit).map(YAMLText.name).joined(separator: ", ")
            + " and \(names.count - limit) more"
    }
}

/// Sizes in a sentence, in units of 1000.
enum Size {
    static func text(_ facts: FolderFacts, isAtLeast: Bool) -> String {
        let files = facts.files == 1 ? "1 file" : "\(facts.files) files"
        return (isAtLeast ? "at least " : "") + "\(files), \(bytes(facts.bytes))"
    }

    static func bytes(_ count: Int64) -> String {
        for (unit, size) in [("GB", Int64(1_000_000_000)), ("MB", 1_000_000), ("kB", 1000)]
        where count >= size {
            let tenths = count * 10 / size
            return tenths >= 100
                ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count) B"
    }
}
