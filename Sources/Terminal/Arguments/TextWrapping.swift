/// Breaking text into lines.
package enum TextWrapping {
    /// Breaks lines at spaces so that none is longer than `width` characters, except for a word
    /// that is longer itself. Paragraphs are separated by empty lines; a line that starts with a
    /// space is an example and stays as it is.
    /// - Parameter indent: spaces before every line but the first.
    package static func wrap(_ text: String, width: Int, indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var current = ""
        func flush() {
            if !current.isEmpty { lines.append(current) }
            current = ""
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.first == " " {
                flush()
                lines.append(String(line))
                continue
            }
            for word in line.split(separator: " ") {
                if !current.isEmpty, current.count + 1 + word.count > width { flush() }
                let start = lines.isEmpty ? "" : margin
                current += current.isEmpty ? start + word : " " + word
            }
        }
        flush()
        return lines.joined(separator: "\n")
    }
}
