/// What a shell may offer for the last word of a command line.
package struct Candidates: Hashable, Sendable {
    /// Words, with what they are.
    package var words: [Candidate] = []
    /// What the program or the shell lists: files, folders, or things of the program's own.
    package var source: Completion = .nothing
    /// The part of the last word that `words` and what `source` lists start with: all of it, or what stands after `=`.
    package var prefix = ""
    /// What stands before `prefix` in the last word: `--stage=`.
    package var before = ""
    /// What was typed for options before the last word, by their names: the last value of each.
    package var given: [String: String] = [:]
}

package struct Candidate: Hashable, Sendable {
    package let word: String
    package let help: String

    package init(word: String, help: String) {
        self.word = word
        self.help = help
    }
}

extension CommandSpec {
    /// - Parameter words: without the program's name; the last is the one that is being typed, and may be empty.
    package func candidates(_ words: [String]) -> Candidates {
        var commands = [self]
        var arguments = 0
        var isPlain = false
        var waiting: OptionSpec?
        var given: [String: String] = [:]
        for word in words.dropLast() {
            if let option = waiting {
                given[option.name] = word
                waiting = nil
            } else if !isPlain, word == "--" {
                isPlain = true
            } else if !isPlain, word.hasPrefix("-"), word != "-" {
                guard let found = CommandChain(commands: commands).option(in: word) else {
                    continue
                }
                if let value = found.value {
                    given[found.option.name] = value
                } else if found.option.takesValue {
                    waiting = found.option
                }
            } else if let next = commands.last?.subcommand(word) {
                commands.append(next)
            } else {
                arguments += 1
            }
        }
        let chain = CommandChain(commands: commands)
        var candidates = chain.candidates(
            words.last ?? "", argument: arguments, isPlain: isPlain, waiting: waiting)
        candidates.given = given
        return candidates
    }
}

extension CommandChain {
    /// What a word that starts with a dash gives: the last option, and its value if it has one here.
    fileprivate func option(in word: String) -> (option: OptionSpec, value: String?)? {
        guard word.hasPrefix("--") else {
            return letters(of: word).options.last.map { ($0.option, $0.joined) }
        }
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let option = options.first(where: { $0.name == parts[0] }) else { return nil }
        return (option, parts.count > 1 ? String(parts[1]) : nil)
    }

    fileprivate func candidates(
        _ word: String, argument: Int, isPlain: Bool, waiting: OptionSpec?
    ) -> Candidates {
        if let waiting { return Self.values(waiting.completion, word) }
        if !isPlain, word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
            return Self.values(
                option(in: word)?.option.completion ?? .nothing,
                String(word[word.index(after: equals)...]), before: String(word[...equals]))
        }
        if !isPlain, word.hasPrefix("-") {
            return Candidates(
                words: options.filter { !$0.isHidden && "--\($0.name)".hasPrefix(word) }
                    .map { Candidate(word: "--" + $0.name, help: $0.help) }, prefix: word)
        }
        let command = commands[commands.count - 1]
        if !command.subcommands.isEmpty {
            return Candidates(
                words: command.visibleSubcommands.filter { $0.name.hasPrefix(word) }
                    .map { Candidate(word: $0.name, help: $0.summary) }, prefix: word)
        }
        let place = min(argument, command.positionals.count - 1)
        guard place >= 0, argument == place || command.positionals[place].isRepeated else {
            return Candidates(prefix: word)
        }
        return Self.values(command.positionals[place].completion, word)
    }

    private static func values(
        _ completion: Completion, _ word: String, before: String = ""
    ) -> Candidates {
        guard case .choices(let values) = completion else {
            return Candidates(source: completion, prefix: word, before: before)
        }
        return Candidates(
            words: values.filter { $0.hasPrefix(word) }.map { Candidate(word: $0, help: "") },
            prefix: word, before: before)
    }
}

extension PositionalSpec {
    fileprivate var isRepeated: Bool {
        if case .repeated = arity { true } else { false }
    }
}
