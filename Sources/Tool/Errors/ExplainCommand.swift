import Arguments
import Failures
import JSON
import Spelling
import Terminal

/// `pipeline explain [CODE]`: what an error means, as `docs/errors.md` says it; without a network or a project.
enum ExplainCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "explain", summary: "explain an error by its code",
        discussion:
            "Every error has a code, which stands in brackets: error[no-such-stage]. This prints what it means and what "
            + "to do about it. Without CODE all codes are listed.\n\n"
            + "Example: pipeline explain no-such-stage",
        positionals: [
            PositionalSpec("code", .optional, help: "the code, without brackets")
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let catalogue = ErrorCatalogue.embedded
        guard let typed = invocation.arguments.positional("code") else {
            list(catalogue, invocation)
            return .done
        }
        guard let entry = catalogue.entry(typed) else {
            let near = Spelling.nearest(typed, among: catalogue.entries.map(\.code))
            throw UsageError(
                "no-such-code", "there is no error \"\(typed)\"",
                next: near.map { "did you mean \"\($0)\"?" } ?? "list them",
                run: .exact("pipeline explain" + (near.map { " \($0)" } ?? "")))
        }
        if entry.code != typed {
            invocation.tell("warning: \"\(typed)\" was renamed to \"\(entry.code)\"")
        }
        if invocation.isJSON {
            invocation.print(
                JSONValue.object(["error": .string(entry.code), "text": .string(entry.text)]).text)
        } else {
            invocation.print(entry.text)
        }
        return .done
    }

    private static func list(_ catalogue: ErrorCatalogue, _ invocation: Invocation) {
        if invocation.isJSON {
            return invocation.print(JSONValue.strings(catalogue.entries.map(\.code)).text)
        }
        var group = ""
        for entry in catalogue.entries {
            if entry.group != group {
                group = entry.group
                invocation.print(
                    (entry.code == catalogue.entries.first?.code ? "" : "\n")
                        + invocation.style.bold(group))
            }
            invocation.print("  \(entry.code)")
        }
    }
}
