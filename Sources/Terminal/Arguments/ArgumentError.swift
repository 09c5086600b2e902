package import Failures

/// A command line that the commands do not take, with one that they would.
package struct ArgumentError: Explained, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case missingCommand
        case unknownCommand(String, nearest: String?)
        /// With its dashes, as written.
        case unknownOption(String, nearest: String?)
        case missingValue(option: String)
        case unexpectedValue(option: String)
        case repeatedOption(String)
        /// `of` is an option with its dashes, or the name of a positional.
        case invalidValue(of: String, value: String, expected: String, nearest: String? = nil)
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
        case .unknownCommand, .unknownOption: bare + Self.hint(nearest)
        case .missingValue(let option): "the option \"\(option)\" needs a value"
        case .unexpectedValue(let option): "the option \"\(option)\" takes no value"
        case .repeatedOption(let option): "the option \"\(option)\" is given more than once"
        case .invalidValue(let name, let value, let expected, _):
            "invalid value \"\(value)\" for \"\(name)\", which takes \(expected)"
        case .missingArgument(let name): "the argument \"\(name)\" is missing"
        case .unexpectedArgument(let value): "unexpected argument \"\(value)\""
        }
    }

    /// How the command is called: `pipeline run [OPTIONS] [STAGE…]`.
    package var usage: String { chain.usage }

    /// The message, the usage and where to read on, on three lines.
    package var description: String {
        "\(message)\nusage: \(usage)\nsee: \(chain.fullName) --help"
    }

    package var failure: Failure {
        Failure(
            code, bare, said: ["usage: \(usage)"], next: nearest.map { "did you mean \"\($0)\"?" },
            run: nearest.flatMap { near in wrong.map { Failure.Command.corrected($0, to: near) } }
                ?? .exact("\(chain.fullName) --help"))
    }

    /// The word that may be a misspelt one.
    private var wrong: String? {
        switch reason {
        case .unknownCommand(let word, _), .unknownOption(let word, _),
            .invalidValue(_, let word, _, _):
            word
        default: nil
        }
    }

    private var code: String {
        switch reason {
        case .missingCommand: "no-command"
        case .unknownCommand: "no-such-command"
        case .unknownOption: "no-such-option"
        case .missingValue: "option-value-missing"
        case .unexpectedValue: "option-takes-no-value"
        case .repeatedOption: "option-repeated"
        case .invalidValue: "invalid-value"
        case .missingArgument: "argument-missing"
        case .unexpectedArgument: "argument-unexpected"
        }
    }

    private var nearest: String? {
        switch reason {
        case .unknownCommand(_, let nearest), .unknownOption(_, let nearest),
            .invalidValue(_, _, _, let nearest):
            nearest
        default: nil
        }
    }

    /// The message without what was perhaps meant.
    private var bare: String {
        switch reason {
        case .unknownCommand(let name, _): "there is no command \"\(name)\""
        case .unknownOption(let name, _): "there is no option \"\(name)\""
        default: message
        }
    }

    private static func hint(_ nearest: String?) -> String {
        nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
