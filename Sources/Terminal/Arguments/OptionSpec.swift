/// An option, `--name` or `-n`, with or without a value.
package struct OptionSpec: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case flag
        /// `placeholder` stands for the value in the help: `N`.
        case value(placeholder: String)
    }

    /// Without dashes.
    package var name: String
    package var short: Character?
    package var kind: Kind
    /// One line, lower case.
    package var help: String
    /// The value when none is given. Shown in the help.
    package var defaultValue: String?
    /// May be given more than once: each value counts.
    package var isRepeated: Bool
    package var isHidden: Bool
    /// What its value can be completed to.
    package var completion: Completion
    /// Whether the commands below the one that has it take it too.
    package var isInherited = true

    /// An option that is there or not.
    package static func flag(
        _ name: String, short: Character? = nil, help: String, isHidden: Bool = false,
        isInherited: Bool = true
    ) -> OptionSpec {
        OptionSpec(
            name: name, short: short, kind: .flag, help: help, defaultValue: nil,
            isRepeated: false, isHidden: isHidden, completion: .nothing, isInherited: isInherited)
    }

    /// An option that takes a value. With `.choices` no other value is taken.
    package static func value(
        _ name: String, short: Character? = nil, _ placeholder: String, help: String,
        default defaultValue: String? = nil, isRepeated: Bool = false, isHidden: Bool = false,
        completion: Completion = .nothing
    ) -> OptionSpec {
        OptionSpec(
            name: name, short: short, kind: .value(placeholder: placeholder), help: help,
            defaultValue: defaultValue, isRepeated: isRepeated, isHidden: isHidden,
            completion: completion)
    }

    /// Every command takes it.
    package static let help = flag("help", short: "h", help: "show this help")

    var takesValue: Bool { kind != .flag }
}
