/// Lines that are longer than a terminal is wide, continued where a word ends.
package enum Wrapping {
    /// The lines that a text without line breaks becomes; those after the first are indented. A word that is longer
    /// than a line stays whole: an address or a path that is cut cannot be copied.
    package static func lines(_ text: String, width: Int, indent: Int = 4) -> [String] {
        guard DisplayWidth.of(text) > width else { return [text] }
        var lines: [String] = []
        // Leading spaces are part of the first word.
        let start = String(text.prefix { $0 == " " })
        var line = ""
        for word in text.dropFirst(start.count).split(
            separator: " ", omittingEmptySubsequences: false)
        {
            let longer = line.isEmpty ? start + word : line + " " + word
            if line.isEmpty || DisplayWidth.of(longer) <= width {
                line = longer
            } else {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            }
        }
        return lines + [line]
    }
}
