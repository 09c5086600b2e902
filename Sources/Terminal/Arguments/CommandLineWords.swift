/// A command line under construction, without the program's name. `CommandSpec.parse` reads back what was put in,
/// whatever the values look like.
package struct CommandLineWords: Hashable, Sendable {
    private var options: [String] = []
    private var arguments: [String] = []

    package init() {}

    /// The line as words: arguments that look like options stand last, after `--`.
    package var words: [String] {
        arguments.isEmpty ? options : options + ["--"] + arguments
    }

    /// Adds a command's name or an argument.
    package mutating func add(argument: String) {
        if arguments.isEmpty, !Self.looksLikeOption(argument) {
            options.append(argument)
        } else {
            arguments.append(argument)
        }
    }

    package mutating func add(flag name: String) { options.append("--\(name)") }

    package mutating func add(option name: String, _ value: String) {
        add(option: name, written: "--\(name)", value)
    }

    /// The option in its short form, where it has one.
    package mutating func add(_ option: OptionSpec, _ value: String) {
        add(
            option: option.name, written: option.short.map { "-\($0)" } ?? "--\(option.name)", value
        )
    }

    /// - Parameter written: the option with its dashes, as it is to be shown: `-e`.
    mutating func add(option name: String, written: String, _ value: String?) {
        guard let value else { return options.append(written) }
        if Self.looksLikeOption(value) {
            options.append("--\(name)=\(value)")
        } else {
            options += [written, value]
        }
    }

    private static func looksLikeOption(_ word: String) -> Bool {
        word.hasPrefix("-") && word != "-"
    }
}
