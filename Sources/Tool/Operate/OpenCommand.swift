import Arguments
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Posix
import Processes
import Terminal

/// `pipeline open`: where the site answers, shown in a browser where there is one.
enum OpenCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "open", summary: "print the address of an environment's site and show it in a browser",
        discussion:
            "The address goes to standard output always; a browser is started only from a terminal "
            + "with a display.\n\nExample: curl \"$(pipeline open --print)health\"",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment whose site is meant",
                completion: .dynamic(CompletionKind.environment)),
            .flag("print", help: "only print the address"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let ledger = try invocation.ledger()
        let address = try CloudOperations(project, environment, ledger: ledger).address()
        let live = try ledger?.timeline(environment: environment.name).live?.release
        if invocation.isJSON {
            invocation.print(
                JSONValue.object([
                    "environment": .string(environment.name), "address": .string(address),
                    "live_release": .int(live),
                ]).text)
            return .done
        }
        invocation.print(address)
        if live == nil {
            invocation.tell(
                "no release is live in \"\(Format.escaped(environment.name))\" yet; "
                    + "`pipeline run deploy --environment \(Format.escaped(environment.name))` "
                    + "makes one")
        } else if !invocation.arguments.flag("print"), hasBrowser {
            show(address, invocation)
        }
        return .done
    }

    private static var hasBrowser: Bool {
        let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains {
            Environment.value($0)?.isEmpty == false
        }
        return hasDisplay && TerminalSize.isTerminal(1)
    }

    /// Does not wait: some browsers go on in the foreground.
    private static func show(_ address: String, _ invocation: Invocation) {
        do {
            _ = try ChildProcess(
                ProcessCommand(["xdg-open", address]), standardOutput: .null, standardError: .null)
        } catch {
            invocation.tell("no browser could be started (\(error)); open the address yourself")
        }
    }
}
