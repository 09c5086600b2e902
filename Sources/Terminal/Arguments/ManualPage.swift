import Texts

extension CommandSpec {
    /// The manual page of the program with all its commands, in the language of man(7).
    ///
    /// - Parameters:
    ///   - version: as the foot of the page shows it.
    ///   - files, exitCodes: what is said of them, each with its meaning.
    package func manualPage(
        version: String, exitCodes: [(code: String, meaning: String)],
        files: [(path: String, meaning: String)]
    ) -> String {
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"\(Self.plain("\(name) \(version)"))\" \"User Commands\"",
            ".SH NAME", "\(name) \\- \(Self.plain(String(summary.drop { $0 == " " })))",
            ".SH SYNOPSIS", ".B \(name)", "[\\fIOPTION\\fR…] \\fICOMMAND\\fR [\\fIARGUMENT\\fR…]",
            ".SH DESCRIPTION",
        ]
        lines += Self.paragraphs(discussion)
        lines += [".SH OPTIONS"] + Self.described(options + [.help])
        lines.append(".SH COMMANDS")
        for command in visibleSubcommands { lines += command.section(under: [self]) }
        lines.append(".SH EXIT STATUS")
        for row in exitCodes { lines += [".TP", ".B \(row.code)", Self.plain(row.meaning)] }
        lines.append(".SH FILES")
        for row in files {
            lines += [".TP", ".I \(Self.plain(row.path))", Self.plain(row.meaning)]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(under above: [CommandSpec]) -> [String] {
        let chain = CommandChain(commands: above + [self])
        guard subcommands.isEmpty else {
            return visibleSubcommands.flatMap { $0.section(under: above + [self]) }
        }
        var lines = [".SS \(Self.plain(chain.usage))", Self.plain(summary) + "."]
        if !discussion.isEmpty { lines += [".PP"] + Self.paragraphs(discussion) }
        for positional in positionals {
            lines += [
                ".TP", "\\fI\(Self.plain(positional.name.uppercased()))\\fR",
                Self.plain(positional.help),
            ]
        }
        return lines + Self.described(options)
    }

    private static func described(_ options: [OptionSpec]) -> [String] {
        options.filter { !$0.isHidden }.flatMap {
            [".TP", "\\fB\(plain($0.usage))\\fR", plain($0.fullHelp)]
        }
    }

    private static func paragraphs(_ text: String) -> [String] {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !line.isEmpty {
                lines.append(plain(String(line)))
            } else if !lines.isEmpty, lines.last != ".PP" {
                lines.append(".PP")
            }
        }
        if lines.last == ".PP" { lines.removeLast() }
        return lines
    }

    /// Text that no macro or escape is found in (groff_char(7)).
    private static func plain(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
