import PipelineEngine
import PipelineModel
import Texts

/// A command that a stage starts, as far as it is known before its units are: without the values of places.
struct StageCommand: Hashable {
    let stage: String
    let words: [String]

    /// All commands of a stage: its worker, its tools, and for each rule the command and the check.
    static func of(_ stage: Stage) -> [StageCommand] {
        guard case .units(let content) = stage.content else { return [] }
        let checks = content.templates.compactMap { template -> [String]? in
            guard case .command(let words) = template.limits.check else { return nil }
            return words.map(\.source)
        }
        let lines =
            [content.worker].compactMap { $0 } + content.tools
            + content.templates.compactMap { $0.command?.map(\.source) } + checks
        return lines.filter { !$0.isEmpty }.map { StageCommand(stage: stage.name, words: $0) }
    }

    /// The program; nil where a place stands in it.
    var program: String? {
        guard let first = words.first, !first.contains("{") else { return nil }
        return first
    }

    /// What `sh -c` and the like are given; nil for other commands.
    var script: String? {
        guard let program, ["sh", "bash", "dash", "zsh"].contains(Self.name(program)) else {
            return nil
        }
        let rest = words.dropFirst()
        guard let flag = rest.firstIndex(where: { $0.hasPrefix("-") && $0.contains("c") }),
            flag + 1 < words.count
        else { return nil }
        return words[flag + 1]
    }

    /// The programs that a script of the shell starts, where they stand at the beginning of a simple command.
    var scriptPrograms: [String] {
        guard let script else { return [] }
        let parts = script.replacing("&&", with: "\n").split { ";|\n".contains($0) }
        return parts.compactMap { part in
            let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
            let first = words.first { $0 != "exec" && !$0.contains("=") }
            guard let first, first.allSatisfy(Self.isPlain) else { return nil }
            return first
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "_./+-".contains(character))
    }

    /// What an interpreter runs.
    enum Target: Hashable {
        case file(String)
        /// Of Python, by `-m`.
        case module(String)
    }

    var isPython: Bool {
        program.map { ProjectPython.isPython(Self.name($0)) } ?? false
    }

    /// The script or module that an interpreter is given; nil where it is none, or not known.
    var target: Target? {
        guard let program else { return nil }
        let name = Self.name(program)
        let isScripted = ["Rscript", "bash", "sh", "perl", "ruby", "julia", "node"].contains(name)
        guard isPython || isScripted else { return nil }
        var index = 1
        while index < words.count {
            let word = words[index]
            if !word.hasPrefix("-") { return word.contains("{") ? nil : .file(word) }
            if isPython, word == "-m" {
                guard index + 1 < words.count, !words[index + 1].contains("{") else { return nil }
                return .module(words[index + 1])
            }
            // What follows is a program's text, or an option that takes a value.
            if word == "-c" || word == "-e" || word == "-" { return nil }
            index += isPython && ["-W", "-X"].contains(word) ? 2 : 1
        }
        return nil
    }

    static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
