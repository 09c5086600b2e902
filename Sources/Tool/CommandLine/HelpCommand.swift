import Arguments
import Posix
import Terminal

/// `pipeline help [COMMAND…]`, and `--help` anywhere.
enum HelpCommand {
    static let spec = CommandSpec(
        "help", summary: "explain a command",
        positionals: [
            PositionalSpec(
                "command", .repeated(minimum: 0), help: "the command to explain, such as data pack")
        ])

    static func run(_ arguments: ParsedArguments) throws -> ExitCode {
        var path = arguments.path
        if path.first == spec.name { path = arguments.positionals("command") }
        guard let chain = CommandLineTool.root.chain(path) else {
            _ = try CommandLineTool.root.parse(path)
            return .usage
        }
        _ = StandardStreams.write(to: 1, chain.help(width: width))
        return .done
    }

    static func show(_ root: CommandSpec, to descriptor: Int32) {
        guard let chain = root.chain([]) else { return }
        _ = StandardStreams.write(to: descriptor, chain.help(width: width))
    }

    private static var width: Int { min(100, TerminalSize.ofTerminal(1)?.columns ?? 80) }
}
