import Arguments
import Failures

/// A command line as somebody typed it, to be given again, or to say what the next one is about.
struct TypedCommand {
    /// Without the name of the program.
    let words: [String]

    var line: String { ShellWords.line(["pipeline"] + words) }

    /// What to type next; nil where it is the same again and nobody typed anything.
    static func text(_ command: Failure.Command, after typed: TypedCommand?) -> String? {
        switch command {
        case .again(nil): typed?.line
        case .again(let option?): typed?.line(adding: option)
        case .exact(let text): text + (typed?.context(of: text) ?? "")
        }
    }

    /// The same with one more option, which replaces what was given for it.
    private func line(adding option: String) -> String {
        let name = option.prefix { $0 != " " }
        let takesValue = name.count < option.count
        var kept: [String] = []
        var skips = false
        for word in words {
            if skips {
                skips = false
            } else if word == name {
                skips = takesValue
            } else if !word.hasPrefix(name + "=") {
                kept.append(word)
            }
        }
        let end = kept.firstIndex(of: "--") ?? kept.count
        return [
            ShellWords.line(["pipeline"] + kept[..<end]), option,
            ShellWords.line(Array(kept[end...])),
        ]
        .filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The project and the environment that were named hold for the next command too, if it takes them.
    private func context(of text: String) -> String {
        let next = text.split(separator: " ").map(String.init)
        guard next.first == "pipeline", !next.contains("--help"),
            next.dropFirst().first != "explain"
        else { return "" }
        var options = ""
        if !next.contains("--project"), let project = value("--project") {
            options += " " + ShellWords.line(["--project", project])
        }
        if !next.contains("--environment"), !next.contains("-e"),
            let environment = value("--environment", "-e"), Self.takesEnvironment(next.dropFirst())
        {
            options += " " + ShellWords.line(["-e", environment])
        }
        return options
    }

    private static func takesEnvironment(_ words: ArraySlice<String>) -> Bool {
        var commands = CommandLineTool.commands.map(\.spec)
        var found: CommandSpec?
        for word in words {
            guard let spec = commands.first(where: { $0.name == word }) else { break }
            found = spec
            commands = spec.subcommands
        }
        return found?.options.contains { $0.name == "environment" } ?? false
    }

    private func value(_ names: String...) -> String? {
        for (index, word) in words.enumerated() {
            if names.contains(word), index + 1 < words.count { return words[index + 1] }
            for name in names where word.hasPrefix(name + "=") {
                return String(word.dropFirst(name.count + 1))
            }
        }
        return nil
    }
}
