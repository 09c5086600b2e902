/// A command line that does not fit, with what would.
package struct ArgumentError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case missingCommand
        case unknownCommand(String, nearest: String?)
        /// With its dashes, as written.
        case unknownOption(String, nearest: String?)
        case missingValue(option: String)
        case unexpectedValue(option: String)
        case repeatedOption(String)
        /// `of` is an option with its dashes, or the name of a positional.
        case invalidValue(of: String, value: String, expected: String)
        case missingArgument(String)
        case unexpectedArgument(String)
    }

    package let reason: Reason
    /// The command as far as it was understood.
    package let chain: CommandChain

    package init(_ reason: Reason, chain: CommandChain) {
        self.reason = reason
        self.chain = chain
    }

    /// One line: what is wrong, and what was perhaps meant.
    package var message: String {
        switch reason {
        case .missingCommand: "no command is given"
        case .unknownCommand(let name, let nearest):
            "there is no command \"\(name)\"" + Self.hint(nearest)
        case .unknownOption(let name, let nearest):
            "there is no option \"\(name)\"" + Self.hint(nearest)
        case .missingValue(let option): "the option \"\(option)\" needs a value"
        case .unexpectedValue(let option): "the option \"\(option)\" takes no value"
        case .repeatedOption(let option): "the option \"\(option)\" is given more than once"
        case .invalidValue(let name, let value, let expected):
            "\"\(value)\" does not fit \"\(name)\", which takes \(expected)"
        case .missingArgument(let name): "the argument \"\(name)\" is missing"
        case .unexpectedArgument(let value): "the argument \"\(value)\" is one too many"
        }
    }

    /// How the command is called: `pipeline run [OPTIONS] [STAGE…]`.
    package var usage: String { chain.usage }

    /// The message, the usage and where to read on, on three lines.
    package var description: String {
        "\(message)\nusage: \(usage)\nsee: \(chain.fullName) --help"
    }

    private static func hint(_ nearest: String?) -> String {
        nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
