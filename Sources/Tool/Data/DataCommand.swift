import Arguments

/// `pipeline data`: a group of commands about data and where it lies.
enum DataCommand {
    static let commands: [Command] = [
        DataListCommand.command,
        DataPullCommand.command,
        DataPutCommand.command,
        DataRemoveCommand.command,
        DataPackCommand.command,
        DataFilesCommand.command,
        DataLinkCommand.command,
    ]

    static let command = Command(
        CommandSpec(
            "data", summary: "pack, list, link and move data by hand",
            subcommands: commands.map(\.spec)), run)

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let name = invocation.arguments.path.dropFirst().first
        guard let command = commands.first(where: { $0.spec.name == name }) else { return .usage }
        return try command.body(invocation)
    }
}
