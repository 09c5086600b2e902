import Arguments
import Failures
import PipelineEngine
import PipelineShipping
import Processes
import Slots
import Terminal

/// `pipeline data remove`: deletes from an environment's data folder by hand.
enum DataRemoveCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "remove", summary: "delete a file or a folder from an environment's data folder",
        discussion:
            "What is deleted cannot be brought back from there; a slot can be filled again. Links and other "
            + "things that are no files are left, and so are their folders.\n\n"
            + "Example: pipeline data remove packs/old.sqfs",
        positionals: [
            PositionalSpec("path", help: "a file or folder, relative to the data folder")
        ],
        options: [
            DataCommandContext.environmentOption,
            .flag("force", help: "also where a slot says that it holds a release"),
            .flag("yes", short: "y", help: "do not ask"),
            .flag("dry-run", short: "n", help: "only say what would be deleted"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        guard let path = try DataCommandContext.path(invocation.arguments.positional("path")) else {
            throw UsageError(
                "whole-data-folder", "the data folder as a whole is not removed",
                next: "name a path in it; this lists them", run: "pipeline data list")
        }
        return try DataCommandContext.work(invocation, isChange: true) { place, cancel in
            let isInterrupted = { cancel.isCancelled }
            guard let tree = try place.data.tree(path, isInterrupted: isInterrupted) else {
                throw DataCommandContext.missing(path)
            }
            var what = "\(Format.count(tree.files.count)) files, \(Format.bytes(tree.bytes))"
            if !tree.foreign.isEmpty {
                what += ", and \(Format.count(tree.foreign.count)) names that are not UTF-8"
            }
            if invocation.arguments.flag("dry-run") {
                for file in tree.files { invocation.print(Format.escaped(file.path.text)) }
                for name in tree.foreign { invocation.print(name.text) }
                invocation.tell("would delete \(what)")
                return .done
            }
            let objection = try place.objection(path)
            if let objection, !invocation.arguments.flag("force") {
                throw DataPutCommand.Refused(failure: objection)
            }
            guard
                Confirmation.isGiven(
                    invocation, "This deletes \(what) below \"\(Format.escaped(path.text))\".",
                    word: path.text)
            else { return .usage }
            if objection != nil { try place.invalidateMarker(path) }
            try place.data.remove(tree, isInterrupted: isInterrupted)
            invocation.tell("deleted \(what)")
            return .done
        }
    }
}
