extension CommandChain {
    /// The help of the command, wrapped at `width` columns; ends with a line break.
    package func help(width: Int) -> String {
        guard let command = commands.last else { return "" }
        var sections = [TextWrapping.wrap(command.summary, width: width)]
        sections.append(TextWrapping.wrap("Usage: \(usage)", width: width, indent: 7))
        if !command.discussion.isEmpty {
            sections.append(TextWrapping.wrap(command.discussion, width: width))
        }
        sections += [
            Self.section(
                "Commands", command.visibleSubcommands.map { ($0.name, $0.summary) }, width),
            Self.section("Arguments", command.positionals.map { ($0.usage, $0.help) }, width),
            Self.section("Options", Self.rows(ownOptions), width),
            Self.section(
                commands.count > 1 ? "Common options" : "Help", Self.rows(inheritedOptions), width),
        ].compactMap(\.self)
        return sections.joined(separator: "\n\n") + "\n"
    }

    private static func rows(_ options: [OptionSpec]) -> [(String, String)] {
        options.filter { !$0.isHidden }.map { ($0.usage, $0.fullHelp) }
    }

    /// A table of two columns. A term too wide for its column has a line of its own.
    private static func section(
        _ title: String, _ rows: [(term: String, help: String)], _ width: Int
    ) -> String? {
        guard !rows.isEmpty else { return nil }
        let widest = rows.map(\.term.count).max() ?? 0
        let column = min(widest, max(12, width / 3)) + 4
        var lines = ["\(title):"]
        for row in rows {
            let help = TextWrapping.wrap(row.help, width: max(20, width - column))
                .split(separator: "\n", omittingEmptySubsequences: false)
            let fits = row.term.count + 4 <= column
            let first = "  " + row.term
            let margin = String(repeating: " ", count: column)
            if fits, let start = help.first {
                let gap = String(repeating: " ", count: column - first.count)
                lines.append(start.isEmpty ? first : first + gap + start)
            } else {
                lines.append(first)
            }
            lines += help.dropFirst(fits ? 1 : 0).map { margin + $0 }
        }
        return lines.joined(separator: "\n")
    }
}
