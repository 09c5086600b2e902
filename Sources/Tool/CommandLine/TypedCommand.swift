import Arguments
import Failures

/// A command line as somebody typed it, to be given again, or to say what the next one is about.
struct TypedCommand {
    /// Without the name of the program.
    let words: [String]
    /// What `words` say; nil where they do not fit.
    let arguments: ParsedArguments?

    var line: String { Self.line(words) }

    /// What to type next; nil where it is the same again and nobody typed anything.
    static func text(_ command: Failure.Command, after typed: TypedCommand?) -> String? {
        switch command {
        case .again(nil): typed?.line
        case .again(let option?):
            typed.map { $0.arguments.map { line($0.adding(typed: option).words) } ?? $0.line }
        case .corrected(let wrong, let right):
            typed?.corrected(wrong, right).map(line)
        case .exact(let text): typed?.inContext(text) ?? text
        }
    }

    private static func line(_ words: [String]) -> String { ShellWords.line(["pipeline"] + words) }

    /// The words with the last one that is `wrong`, or an option `wrong=…`, spelled right; nil where there is none.
    private func corrected(_ wrong: String, _ right: String) -> [String]? {
        guard let index = words.lastIndex(where: { $0 == wrong || $0.hasPrefix(wrong + "=") })
        else {
            guard
                let joined = words.lastIndex(where: {
                    $0.hasPrefix("-") && $0.hasSuffix("=" + wrong)
                })
            else { return nil }
            var words = words
            words[joined] = String(words[joined].dropLast(wrong.count)) + right
            return words
        }
        var words = words
        words[index] = right + words[index].dropFirst(wrong.count)
        return words
    }

    /// The next command with the project and the environment that were named, if it takes them and names none.
    private func inContext(_ text: String) -> String {
        guard let arguments, let words = ShellWords.words(text), words.first == "pipeline" else {
            return text
        }
        let next: ParsedArguments
        do {
            next = try CommandLineTool.root.parse(Array(words.dropFirst()))
        } catch {
            // A pattern such as `pipeline data put FOLDER …`, for a person to fill in.
            return text
        }
        guard !next.wantsHelp, next.path.first != ExplainCommand.command.spec.name else {
            return text
        }
        var added = CommandLineWords()
        for name in ["project", "environment"] where !next.isGiven(name) {
            guard arguments.isGiven(name), let value = arguments.value(name),
                let option = next.chain.option(named: name)
            else { continue }
            added.add(option, value)
        }
        return ([text] + [ShellWords.line(added.words)].filter { !$0.isEmpty })
            .joined(separator: " ")
    }
}
