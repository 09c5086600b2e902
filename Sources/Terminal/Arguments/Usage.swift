extension CommandChain {
    /// How the command is called: `pipeline run [OPTIONS] [STAGE…]`.
    package var usage: String {
        var words = [fullName]
        if ownOptions.contains(where: { !$0.isHidden }) { words.append("[OPTIONS]") }
        guard let command = commands.last else { return fullName }
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        words += command.positionals.map(\.usage)
        return words.joined(separator: " ")
    }
}

extension OptionSpec {
    /// How it is written: `-j, --jobs N`.
    package var usage: String {
        let short = short.map { "-\($0), " } ?? "    "
        return switch kind {
        case .flag: "\(short)--\(name)"
        case .value(let placeholder): "\(short)--\(name) \(placeholder)"
        }
    }

    /// Its help with what else there is to know of its value.
    var fullHelp: String {
        var notes: [String] = []
        if case .choices(let choices) = completion {
            notes.append("one of \(choices.joined(separator: ", "))")
        }
        if isRepeated { notes.append("may be repeated") }
        if let defaultValue { notes.append("default: \(defaultValue)") }
        return notes.isEmpty ? help : "\(help) (\(notes.joined(separator: "; ")))"
    }
}
