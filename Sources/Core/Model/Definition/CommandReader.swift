import Spelling
import YAML

/// Reads commands: a text, which is split into words, or a list of words. Nothing in either is expanded, so what looks as
/// if a shell were to expand it is a finding.
enum CommandReader {
    /// The words of a command in which no places are filled; nil where it is wrong.
    static func words(_ node: Node, _ validator: inout SchemaValidator) -> [String]? {
        guard checkShell(node, &validator) else { return nil }
        if let entries = node.sequence { return entries.compactMap(\.string) }
        do {
            let words = try CommandWords.split(node.string ?? "")
            if words.isEmpty { validator.report(node, "the command is empty", code: "bad-command") }
            return words
        } catch {
            validator.report(node, error.message, code: "bad-command")
            return nil
        }
    }

    /// The words of a command with places.
    ///
    /// - Parameter known: the places that have a value.
    static func templates(
        _ node: Node, known: Set<String>, _ validator: inout SchemaValidator
    ) -> [Template] {
        guard checkShell(node, &validator) else { return [] }
        if let entries = node.sequence {
            return entries.compactMap { template($0.string ?? "", at: $0, known, &validator) }
        }
        do {
            return try CommandWords.split(node.string ?? "").compactMap {
                template($0, at: node, known, &validator)
            }
        } catch {
            validator.report(node, error.message, code: "bad-template")
            return []
        }
    }

    /// A text with places, each of which must have a value.
    static func template(
        _ text: String, at node: Node, _ known: Set<String>, _ validator: inout SchemaValidator
    ) -> Template? {
        do {
            let template = try Template(text)
            for place in template.places where !known.contains(place) {
                let advice =
                    Spelling.nearest(place, among: Array(known)).map { "did you mean {\($0)}?" }
                    ?? (known.isEmpty
                        ? "give it values under \"matrix\"" : "known here: ")
                    + known.sorted().map { "{\($0)}" }.joined(separator: ", ")
                validator.report(
                    node, "nothing gives {\(place)} a value", code: "unknown-placeholder",
                    advice: advice)
            }
            return template
        } catch {
            validator.report(node, error.message, code: "bad-template")
            return nil
        }
    }

    private static func checkShell(_ node: Node, _ validator: inout SchemaValidator) -> Bool {
        if let entries = node.sequence {
            let words = entries.map { $0.string ?? "" }
            guard !ShellSyntax.handsOnCommand(words) else { return true }
            for (entry, word) in zip(entries, words) {
                guard let found = ShellSyntax.variable(startOf: word) else { continue }
                validator.report(
                    entry, "\"\(found)\" stays as it is written: variables are not expanded",
                    code: "shell-syntax",
                    advice: "write the value, or ask for a shell: [sh, -c, \"…\"]")
                return false
            }
            return true
        }
        guard let found = ShellSyntax.find(in: node.string ?? "") else { return true }
        validator.report(
            node, "the command holds \"\(found)\", which only a shell would read",
            code: "shell-syntax",
            advice: found.hasSuffix("=")
                ? "set the variable under \"environment\", or ask for a shell: [sh, -c, \"…\"]"
                : "ask for a shell: [sh, -c, \"…\"]; in single quotes the program itself gets it")
        return false
    }
}
