/// What a command takes, as data: the parser, the help, completions and manual pages all read it.
package struct CommandSpec: Hashable, Sendable {
    /// The word that calls it, for the root the name of the program.
    package var name: String
    /// One line without a full stop.
    package var summary: String
    /// Paragraphs for the help and the manual page, separated by empty lines.
    package var discussion: String
    package var positionals: [PositionalSpec]
    /// Options of the command and, if it has subcommands, of all of them.
    package var options: [OptionSpec]
    /// A command that has some does nothing itself: one of them must be named.
    package var subcommands: [CommandSpec]
    /// Left out of help and suggestions, though it works.
    package var isHidden: Bool

    package init(
        _ name: String, summary: String, discussion: String = "",
        positionals: [PositionalSpec] = [], options: [OptionSpec] = [],
        subcommands: [CommandSpec] = [], isHidden: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.positionals = positionals
        self.options = options
        self.subcommands = subcommands
        self.isHidden = isHidden
    }

    package var visibleSubcommands: [CommandSpec] { subcommands.filter { !$0.isHidden } }

    package func subcommand(_ name: String) -> CommandSpec? {
        subcommands.first { $0.name == name }
    }

    /// The commands from this one down along the names; `nil` when one of them does not exist.
    package func chain(_ names: [String]) -> CommandChain? {
        var commands = [self]
        for name in names {
            guard let next = commands.last?.subcommand(name) else { return nil }
            commands.append(next)
        }
        return CommandChain(commands: commands)
    }
}

/// A command together with those above it, which give it its full name and further options.
package struct CommandChain: Hashable, Sendable {
    /// From the root down; never empty.
    package let commands: [CommandSpec]

    /// The names from the root down, as they are typed: `pipeline config pull`.
    package var fullName: String { commands.map(\.name).joined(separator: " ") }

    /// Options of the command itself.
    package var ownOptions: [OptionSpec] { commands.last?.options ?? [] }

    /// Options of the commands above it, which it takes too, and the one for help.
    package var inheritedOptions: [OptionSpec] {
        commands.dropLast().flatMap(\.options).filter(\.isInherited) + [.help]
    }

    var options: [OptionSpec] { ownOptions + inheritedOptions }
}

extension CommandChain {
    /// The option of this name that the command takes, its own or of those above it.
    package func option(named name: String) -> OptionSpec? { options.first { $0.name == name } }
}
