import Spelling

extension CommandSpec {
    /// Reads a command line, without the program's name, by the rules of GNU's getopt_long(3):
    /// options anywhere, `--name value`, `--name=value`, `-n value`, `-nvalue`, flags together as
    /// `-ab`, and nothing but arguments after `--`.
    ///
    /// One rule is stricter: a value that is itself one of the options has to be joined on by `=`,
    /// since a forgotten value is likelier.
    package func parse(_ arguments: [String]) throws(ArgumentError) -> ParsedArguments {
        var parser = Parser(root: self, arguments: arguments)
        return try parser.parse()
    }

    /// Whether a flag is given in a command line that `parse` refuses: what can be read of it counts.
    package func flag(_ name: String, inRefused arguments: [String]) -> Bool {
        var parser = Parser(root: self, arguments: arguments)
        return parser.readable().contains { element in
            if case .option(name, _, _) = element { true } else { false }
        }
    }
}

private struct Parser {
    private var rest: ArraySlice<String>
    private var commands: [CommandSpec]
    private var elements: [ParsedArguments.Element] = []

    init(root: CommandSpec, arguments: [String]) {
        rest = arguments[...]
        commands = [root]
    }

    private var chain: CommandChain { CommandChain(commands: commands) }

    private func error(_ reason: ArgumentError.Reason) -> ArgumentError {
        ArgumentError(reason, chain: chain)
    }

    mutating func parse() throws(ArgumentError) -> ParsedArguments {
        while let argument = rest.popFirst() { try take(argument) }
        var result = ParsedArguments(chain: chain)
        result.elements = elements
        if !result.wantsHelp { result.arguments = try placed() }
        return result
    }

    /// What can be read, leaving out what cannot.
    mutating func readable() -> [ParsedArguments.Element] {
        while let argument = rest.popFirst() {
            // The error is reported by who called `parse`.
            do { try take(argument) } catch { continue }
        }
        return elements
    }

    private mutating func take(_ argument: String) throws(ArgumentError) {
        if argument == "--" {
            while let word = rest.popFirst() { try take(word: word) }
        } else if argument.hasPrefix("--") {
            try take(long: argument)
        } else if isShort(argument) {
            try take(short: argument)
        } else {
            try take(word: argument)
        }
    }

    /// `-` alone is a word, by custom standard input, and so is a negative number.
    private func isShort(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), let first = argument.dropFirst().first else { return false }
        return !first.isNumber || chain.option(short: first) != nil
    }

    private mutating func take(word: String) throws(ArgumentError) {
        guard let command = commands.last, !command.subcommands.isEmpty else {
            elements.append(.argument(word))
            return
        }
        guard let next = command.subcommand(word) else {
            let names = command.visibleSubcommands.map(\.name)
            throw error(.unknownCommand(word, nearest: Spelling.nearest(word, among: names)))
        }
        elements.append(.command(word))
        commands.append(next)
    }

    private mutating func take(long argument: String) throws(ArgumentError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let written = String(parts[0])
        guard let option = chain.options.first(where: { "--" + $0.name == written }) else {
            throw error(unknown(written))
        }
        let joined = parts.count > 1 ? String(parts[1]) : nil
        guard option.takesValue else {
            guard joined == nil else { throw error(.unexpectedValue(option: written)) }
            return add(option, written: written, nil)
        }
        let value = if let joined { joined } else { try followingValue(of: written) }
        try set(option, to: value, written: written)
    }

    private mutating func take(short argument: String) throws(ArgumentError) {
        let letters = chain.letters(of: argument)
        guard letters.unknown == nil else {
            // `-verbose` for `--verbose` is the likelier mistake than `-v -e -r …`.
            for (option, written, _) in letters.options where !option.takesValue {
                add(option, written: written, nil)
            }
            throw error(unknown(letters.unknown ?? argument))
        }
        for (option, written, joined) in letters.options {
            guard option.takesValue else {
                add(option, written: written, nil)
                continue
            }
            let value = if let joined { joined } else { try followingValue(of: written) }
            try set(option, to: value, written: written)
        }
    }

    private func unknown(_ written: String) -> ArgumentError.Reason {
        let names = chain.options.filter { !$0.isHidden }.map(\.name)
        let bare = String(written.drop { $0 == "-" })
        let nearest = Spelling.nearest(bare, among: names).map { "--" + $0 }
        return .unknownOption(written, nearest: nearest)
    }

    private mutating func followingValue(of written: String) throws(ArgumentError) -> String {
        guard let value = rest.first, !isOption(value) else {
            throw error(.missingValue(option: written))
        }
        rest.removeFirst()
        return value
    }

    private func isOption(_ argument: String) -> Bool {
        if argument.hasPrefix("--") { return true }
        guard argument.hasPrefix("-"), let first = argument.dropFirst().first else { return false }
        return chain.option(short: first) != nil
    }

    private mutating func add(_ option: OptionSpec, written: String, _ value: String?) {
        elements.append(.option(name: option.name, written: written, value: value))
    }

    private mutating func set(
        _ option: OptionSpec, to value: String, written: String
    ) throws(ArgumentError) {
        try check(value, completion: option.completion, name: written)
        let isGiven = elements.contains { element in
            if case .option(option.name, _, _) = element { true } else { false }
        }
        if isGiven, !option.isRepeated { throw error(.repeatedOption(written)) }
        add(option, written: written, value)
    }

    private func check(
        _ value: String, completion: Completion, name: String
    ) throws(ArgumentError) {
        guard case .choices(let choices) = completion, !choices.contains(value) else { return }
        let expected = "one of \(choices.joined(separator: ", "))"
        throw error(
            .invalidValue(
                of: name, value: value, expected: expected,
                nearest: Spelling.nearest(value, among: choices)))
    }

    /// The arguments at their places, from the first on.
    private func placed() throws(ArgumentError) -> [String: [String]] {
        guard let command = commands.last, command.subcommands.isEmpty else {
            throw error(.missingCommand)
        }
        let words = elements.compactMap { element in
            if case .argument(let text) = element { text } else { nil }
        }
        var left = words[...]
        var places: [String: [String]] = [:]
        for positional in command.positionals {
            let isLast = if case .repeated = positional.arity { true } else { false }
            let taken = isLast ? left : left.prefix(1)
            guard taken.count >= positional.minimum else {
                throw error(.missingArgument(positional.name.uppercased()))
            }
            for word in taken {
                try check(word, completion: positional.completion, name: positional.name)
            }
            left = left.dropFirst(taken.count)
            if !taken.isEmpty { places[positional.name] = Array(taken) }
        }
        if let extra = left.first { throw error(.unexpectedArgument(extra)) }
        return places
    }
}

extension CommandChain {
    func option(short letter: Character) -> OptionSpec? {
        options.first { $0.short == letter }
    }

    /// A word of short options taken apart: `-dv` is two flags, `-elab` and `-e=lab` an option with its value. An
    /// option that takes a value and has none here stands last; its value is the next word.
    ///
    /// - Returns: `unknown` is what to name in an error: the letter, or the word where more letters follow it.
    func letters(
        of word: String
    ) -> (options: [(option: OptionSpec, written: String, joined: String?)], unknown: String?) {
        var options: [(option: OptionSpec, written: String, joined: String?)] = []
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let written = "-\(letter)"
            guard let option = option(short: letter) else {
                return (options, letters.isEmpty ? written : word)
            }
            guard option.takesValue else {
                options.append((option, written, nil))
                continue
            }
            let joined = letters.first == "=" ? letters.dropFirst() : letters
            options.append((option, written, letters.isEmpty ? nil : String(joined)))
            break
        }
        return (options, nil)
    }
}
