/// The little of Markdown that the tests read.
enum Markdown {
    /// The contents of fenced blocks in this language.
    static func blocks(_ language: String, in text: String) -> [String] {
        var blocks: [String] = []
        var open: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let block = open {
                if line == "```" {
                    blocks.append(block.joined(separator: "\n"))
                    open = nil
                } else {
                    open = block + [line]
                }
            } else if line == "```\(language)" {
                open = []
            }
        }
        return blocks
    }

    /// The rows of all tables in a text, cell by cell, without heads and rules.
    static func rows(in text: String) -> [[String]] {
        var rows: [[String]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else { continue }
            if line.allSatisfy({ "|-: ".contains($0) }) {
                rows.removeLast()
                continue
            }
            rows.append(line.dropFirst().dropLast().split(separator: "|").map(trimmed))
        }
        return rows
    }

    /// The texts below each heading of this level, by the heading.
    static func sections(_ level: Int, in text: String) -> [String: String] {
        let mark = String(repeating: "#", count: level) + " "
        var sections: [String: String] = [:]
        var heading: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(mark) {
                heading = String(line.dropFirst(mark.count))
            } else if line.prefix(while: { $0 == "#" }).count == level - 1, line.hasPrefix("#") {
                heading = nil
            } else if let heading {
                sections[heading, default: ""] += line + "\n"
            }
        }
        return sections
    }

    /// The targets of links that are not addresses, without what follows a `#`.
    static func localLinks(in text: String) -> [String] {
        text.split(separator: "](").dropFirst().compactMap { rest in
            let target = rest.prefix { $0 != ")" && $0 != "#" }
            return target.isEmpty || target.contains("://") ? nil : String(target)
        }
    }

    private static func trimmed(_ cell: Substring) -> String {
        let start = cell.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
