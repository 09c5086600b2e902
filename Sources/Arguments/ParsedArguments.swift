/// A command line that fits its command.
package struct ParsedArguments: Hashable, Sendable {
    /// The command that was called, with those above it.
    package let chain: CommandChain
    /// `--help` was among the options. Missing arguments were not looked for then.
    package internal(set) var wantsHelp = false
    var values: [String: [String]] = [:]
    var flags: Set<String> = []
    var arguments: [String: [String]] = [:]

    init(chain: CommandChain) { self.chain = chain }

    /// The names below the root that led to the command: `["config", "pull"]`.
    package var path: [String] { chain.commands.dropFirst().map(\.name) }

    /// Whether a flag was given.
    package func flag(_ name: String) -> Bool { flags.contains(name) }

    /// The value of an option, the last one where several are, else its default.
    package func value(_ name: String) -> String? { values(name).last }

    /// All values of an option in their order, else its default.
    package func values(_ name: String) -> [String] {
        values[name] ?? option(name)?.defaultValue.map { [$0] } ?? []
    }

    /// Whether an option was given, with a value or as a flag, rather than left at its default.
    package func isGiven(_ name: String) -> Bool { values[name] != nil || flags.contains(name) }

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
