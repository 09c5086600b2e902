import Texts

/// What a shell would read in a command that is a text, and this program does not.
///
/// A text is split into words as a shell splits them, and nothing else is done with it; see `CommandWords`. The rules are
/// those of XCU 2 of POSIX: operators, expansions, patterns, assignments before the command.
enum ShellSyntax {
    /// Programs that read a command of their own after `-c`.
    private static let shells: Set<String> = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"]

    /// The first piece of the text that only a shell would read; nil where there is none.
    static func find(in text: String) -> String? {
        var quote: Character?
        var isWordStart = true
        var characters = text[...]
        let hasShell = handsOnCommand(text)
        while let character = characters.popFirst() {
            defer { isWordStart = quote == nil && character.isWhitespace }
            switch (quote, character) {
            case ("'"?, "'"), ("\""?, "\""): quote = nil
            case ("'"?, _): continue
            case (_, "\\"): _ = characters.popFirst()
            case ("\""?, "$"), ("\""?, "`"):
                // In `sh -c "…"` it is that shell which reads it.
                if !hasShell, let found = expansion(character, characters) { return found }
            case ("\""?, _): continue
            case (_, "'"), (_, "\""): quote = character
            case (_, "$"), (_, "`"):
                if let found = expansion(character, characters) { return found }
            case (_, "|"), (_, "&"), (_, ";"), (_, "<"), (_, ">"):
                let more = characters.prefix { "|&;<>".contains($0) }
                return String(character) + more
            case (_, "*"): return "*"
            case (_, "~") where isWordStart && (characters.first ?? "/") == "/": return "~"
            default: continue
            }
        }
        return assignment(text)
    }

    /// The variable that a word starts with: `$HOME` of `$HOME/data`. Lower case is left to programs such as perl.
    static func variable(startOf word: String) -> String? {
        guard word.hasPrefix("$") else { return nil }
        var name = word.dropFirst()
        let isBraced = name.first == "{"
        if isBraced { name = name.dropFirst() }
        let letters = name.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        guard let first = letters.first, !first.isNumber else { return nil }
        let rest = name.dropFirst(letters.count).first
        guard isBraced ? rest == "}" : rest == nil || rest == "/" || rest == "." else { return nil }
        return isBraced ? "${\(letters)}" : "$\(letters)"
    }

    /// What a person meant to be expanded in a value that is no command: `$HOME` at the start of it or of a part behind a
    /// colon, `${NAME}` anywhere, `~` before a slash.
    static func expanded(in value: String) -> String? {
        if value == "~" || value.hasPrefix("~/") { return "~" }
        for part in value.split(separator: ":") {
            if let found = variable(startOf: String(part)) { return found }
        }
        guard let start = value.firstRange(of: "${") else { return nil }
        let name = value[start.upperBound...].prefix { $0 != "}" }
        let fits = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return fits && !name.isEmpty && name.endIndex < value.endIndex ? "${\(name)}" : nil
    }

    /// Whether the words hand a command to a shell: `sh -c …`, also behind `env` or `nice`.
    static func handsOnCommand(_ words: [String]) -> Bool {
        guard let flag = words.firstIndex(where: { $0.hasPrefix("-") && $0.hasSuffix("c") }) else {
            return false
        }
        return words[..<flag].contains {
            shells.contains(String($0.split(separator: "/").last ?? ""))
        }
    }

    private static func handsOnCommand(_ text: String) -> Bool {
        // A text that cannot be split is reported as that.
        do { return handsOnCommand(try CommandWords.split(text)) } catch { return false }
    }

    private static func expansion(_ start: Character, _ rest: Substring) -> String? {
        guard start == "$" else { return "`" }
        guard let next = rest.first else { return nil }
        if next == "(" { return "$(" }
        if next == "{" {
            return "$" + rest.prefix { $0 != "}" } + (rest.contains("}") ? "}" : "")
        }
        guard next.isLetter || next.isNumber || "_@*#?$!".contains(next) else { return nil }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return "$" + (name.isEmpty ? String(next) : String(name))
    }

    /// `NAME=value` before the program.
    private static func assignment(_ text: String) -> String? {
        let word = text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
        guard let equals = word.firstIndex(of: "="), let first = word.first else { return nil }
        let name = word[..<equals]
        let fits = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return fits && !first.isNumber && !name.isEmpty ? "\(name)=" : nil
    }
}
