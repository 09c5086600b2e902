import YAML

/// Replaces keys of a stage in the text of a definition. Comments and all other lines stay as they are. Pure.
package enum StageEdit {
    /// - Parameter keys: lists, each with its key; a key with an empty list is taken out.
    /// - Returns: nil where the stage is not there, or is not written with each key on a line of its own.
    /// - Throws: `YAMLError` for a text that is no YAML.
    package static func replacing(
        _ keys: [(name: String, values: [String])], of stage: String, in text: String
    ) throws -> String? {
        guard let root = try YAML.parse(text), let stages = root["stages"]?.mapping,
            let place = stages.firstIndex(where: { $0.key.text == stage }),
            let entries = stages[place].value.mapping, let first = entries.first,
            first.key.mark.line > stages[place].key.mark.line
        else { return nil }
        let column = first.key.mark.column
        let starts = entries.map(\.key.mark.line)
        guard Set(starts).count == starts.count,
            entries.allSatisfy({ $0.key.mark.column == column })
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let end = self.end(after: entries.last?.key.mark.line ?? 0, of: root, lines.count)
        let indent = String(repeating: " ", count: column - 1)
        var added: [String] = []
        var changes: [(range: Range<Int>, lines: [String])] = []
        for (name, values) in keys {
            let new = values.isEmpty ? [] : ["\(indent)\(name): \(YAMLText.list(values))"]
            guard let index = entries.firstIndex(where: { $0.key.text == name }) else {
                added += new
                continue
            }
            let next = index + 1 < starts.count ? starts[index + 1] : end
            changes.append((trimmed(starts[index] - 1, next - 1, lines), new))
        }
        let last = trimmed((starts.last ?? 1) - 1, end - 1, lines).upperBound
        changes.append((last..<last, added))
        for change in changes.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            lines.replaceSubrange(change.range, with: change.lines)
        }
        return lines.joined(separator: "\n")
    }

    /// The line, from 1, at which what follows the stage begins.
    private static func end(after line: Int, of root: Node, _ count: Int) -> Int {
        let stages = root["stages"]?.mapping ?? []
        let keys = (stages + (root.mapping ?? [])).map(\.key.mark.line)
        return keys.filter { $0 > line }.min() ?? count + 1
    }

    /// Without what stands between this key and the next: comments on the next one, and empty lines.
    private static func trimmed(_ start: Int, _ end: Int, _ lines: [String]) -> Range<Int> {
        var end = end
        while end > start + 1 {
            let line = lines[end - 1].drop { $0 == " " }
            guard line.isEmpty || line.hasPrefix("#") else { break }
            end -= 1
        }
        return start..<end
    }
}
