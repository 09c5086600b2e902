/// A command line that fits its command.
package struct ParsedArguments: Hashable, Sendable {
    /// One thing that was given, in the order of the line.
    enum Element: Hashable, Sendable {
        case command(String)
        /// `written` is the option with its dashes, as typed: `-e`. The value is nil for a flag.
        case option(name: String, written: String, value: String?)
        case argument(String)
    }

    /// The command that was called, with those above it.
    package let chain: CommandChain
    var elements: [Element] = []
    /// The arguments by the names of their places.
    var arguments: [String: [String]] = [:]

    init(chain: CommandChain) { self.chain = chain }

    /// `--help` was among the options. Missing arguments were not looked for then.
    package var wantsHelp: Bool { flag(OptionSpec.help.name) }

    /// The names below the root that led to the command: `["config", "pull"]`.
    package var path: [String] { chain.commands.dropFirst().map(\.name) }

    /// Whether a flag was given.
    package func flag(_ name: String) -> Bool { isGiven(name) }

    /// The value of an option, the last one where several are, else its default.
    package func value(_ name: String) -> String? { values(name).last }

    /// All values of an option in their order, else its default.
    package func values(_ name: String) -> [String] {
        let given = elements.compactMap { element in
            if case .option(name, _, let value) = element { value } else { nil }
        }
        return given.isEmpty ? option(name)?.defaultValue.map { [$0] } ?? [] : given
    }

    /// Whether an option was given, with a value or as a flag, rather than left at its default.
    package func isGiven(_ name: String) -> Bool {
        elements.contains { element in
            if case .option(name, _, _) = element { true } else { false }
        }
    }

    /// The value of an option as a whole number within a range.
    package func int(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(ArgumentError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bound =
                switch (range.lowerBound, range.upperBound) {
                case (Int.min, Int.max): "a whole number"
                case (let lower, Int.max): "a whole number from \(lower)"
                case (let lower, let upper): "a whole number from \(lower) to \(upper)"
                }
            throw invalid(option: name, expected: bound)
        }
        return number
    }

    /// The error for a value of an option that the program cannot use.
    /// - Parameter expected: what it takes instead: `a whole number`.
    package func invalid(option name: String, expected: String) -> ArgumentError {
        let reason = ArgumentError.Reason.invalidValue(
            of: "--\(name)", value: value(name) ?? "", expected: expected)
        return ArgumentError(reason, chain: chain)
    }

    /// The argument at a named place.
    package func positional(_ name: String) -> String? { arguments[name]?.first }

    /// All arguments at a named place.
    package func positionals(_ name: String) -> [String] { arguments[name] ?? [] }

    private func option(_ name: String) -> OptionSpec? {
        chain.options.first { $0.name == name }
    }
}

extension ParsedArguments {
    /// The command line without the program's name, one option a word. Parsing it gives the same arguments.
    package var words: [String] {
        var line = CommandLineWords()
        for element in elements {
            switch element {
            case .command(let name): line.add(argument: name)
            case .argument(let text): line.add(argument: text)
            case .option(let name, let written, let value):
                line.add(option: name, written: written, value)
            }
        }
        return line.words
    }

    /// The same command line without these options.
    package func without(_ names: Set<String>) -> ParsedArguments {
        var copy = self
        copy.elements.removeAll { element in
            if case .option(let name, _, _) = element { names.contains(name) } else { false }
        }
        return copy
    }

    /// The same command line with one more flag.
    package func adding(flag name: String) -> ParsedArguments { adding(name, nil) }

    /// The same command line with a value for an option, which replaces what was given for it.
    package func setting(_ name: String, _ value: String) -> ParsedArguments { adding(name, value) }

    /// The same with an option as somebody would type it, `--yes` or `--max-delete 40`.
    package func adding(typed: String) -> ParsedArguments {
        let parts = typed.split(separator: " ", maxSplits: 1).map(String.init)
        let name = String((parts.first ?? "").drop { $0 == "-" })
        return adding(name, parts.count > 1 ? parts[1] : nil)
    }

    private func adding(_ name: String, _ value: String?) -> ParsedArguments {
        var copy = without([name])
        copy.elements.append(.option(name: name, written: "--\(name)", value: value))
        return copy
    }
}
