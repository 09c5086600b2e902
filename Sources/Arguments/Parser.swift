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
}

private struct Parser {
    private var rest: ArraySlice<String>
    private var commands: [CommandSpec]
    private var words: [String] = []
    private var parsed: ParsedArguments

    init(root: CommandSpec, arguments: [String]) {
        rest = arguments[...]
        commands = [root]
        parsed = ParsedArguments(chain: CommandChain(commands: [root]))
    }

    private var chain: CommandChain { CommandChain(commands: commands) }

    private func error(_ reason: ArgumentError.Reason) -> ArgumentError {
        ArgumentError(reason, chain: chain)
    }

    mutating func parse() throws(ArgumentError) -> ParsedArguments {
        while let argument = rest.popFirst() {
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
        var result = ParsedArguments(chain: chain)
        result.values = parsed.values
        result.flags = parsed.flags
        result.wantsHelp = parsed.wantsHelp
        if !result.wantsHelp { result.arguments = try placed() }
        return result
    }

    /// `-` alone is a word, by custom standard input, and so is a negative number.
    private func isShort(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), let first = argument.dropFirst().first else { return false }
        return !first.isNumber || option(short: first) != nil
    }

    private mutating func take(word: String) throws(ArgumentError) {
        guard let command = commands.last, !command.subcommands.isEmpty else {
            words.append(word)
            return
        }
        guard let next = command.subcommand(word) else {
            let names = command.visibleSubcommands.map(\.name)
            throw error(.unknownCommand(word, nearest: Spelling.nearest(word, among: names)))
        }
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
            set(flag: option)
            return
        }
        let value = if let joined { joined } else { try followingValue(of: written) }
        try set(option, to: value, written: written)
    }

    private mutating func take(short argument: String) throws(ArgumentError) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            let written = "-\(letter)"
            guard let option = option(short: letter) else {
                // `-verbose` for `--verbose` is the likelier mistake than `-v -e -r …`.
                throw error(letters.isEmpty ? unknown(written) : unknown(argument))
            }
            guard option.takesValue else {
                set(flag: option)
                continue
            }
            let joined = letters.first == "=" ? letters.dropFirst() : letters
            let value = letters.isEmpty ? try followingValue(of: written) : String(joined)
            try set(option, to: value, written: written)
            return
        }
    }

    private func option(short letter: Character) -> OptionSpec? {
        chain.options.first { $0.short == letter }
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
        return option(short: first) != nil
    }

    private mutating func set(flag option: OptionSpec) {
        if option == .help { parsed.wantsHelp = true }
        parsed.flags.insert(option.name)
    }

    private mutating func set(
        _ option: OptionSpec, to value: String, written: String
    ) throws(ArgumentError) {
        try check(value, completion: option.completion, name: written)
        if parsed.values[option.name] != nil, !option.isRepeated {
            throw error(.repeatedOption(written))
        }
        parsed.values[option.name, default: []].append(value)
    }

    private func check(
        _ value: String, completion: Completion, name: String
    ) throws(ArgumentError) {
        guard case .choices(let choices) = completion, !choices.contains(value) else { return }
        let expected = "one of \(choices.joined(separator: ", "))"
        throw error(.invalidValue(of: name, value: value, expected: expected))
    }

    /// The words at their places, from the first on.
    private func placed() throws(ArgumentError) -> [String: [String]] {
        guard let command = commands.last, command.subcommands.isEmpty else {
            throw error(.missingCommand)
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
