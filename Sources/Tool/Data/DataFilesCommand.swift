import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Terminal

/// `pipeline data files`: what would be sent, and what stays behind and why. Changes nothing.
enum DataFilesCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "files", summary: "list the files that a sync sends; sends nothing",
        discussion:
            "Shows every file of the data release with its size, then what stays behind and what "
            + "cannot be sent, each with the reason. The exit code is 2 when something cannot be sent.\n\n"
            + "Examples:\n  pipeline data files\n  pipeline data files --excluded",
        options: [
            .value("stage", "NAME", help: "the sync stage; default the only one"),
            .flag("excluded", help: "list only what is left out"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let (found, complaint) = choose(
            invocation.arguments.value("stage"), project.definition)
        guard let (stage, sync) = found else {
            throw UsageError("no-such-sync", complaint, run: "pipeline data files --help")
        }
        let stale = try Survey.looking(project, ledger: try invocation.ledger()).staleFiles
        var listing = DataListing(
            stage: stage, selection: try DataWalk.select(sync, stale: stale))
        listing.hidesFiles = invocation.arguments.flag("excluded")
        if invocation.isJSON {
            invocation.print(listing.json.text)
        } else {
            listing.lines(invocation.style).forEach(invocation.print)
        }
        return listing.selection.refused.isEmpty ? .done : .usage
    }

    private static func choose(
        _ name: String?, _ definition: Definition
    ) -> (stage: (name: String, sync: SyncStage)?, complaint: String) {
        let stages = definition.stages.compactMap { stage in
            if case .sync(let sync) = stage.content { (name: stage.name, sync: sync) } else { nil }
        }
        let chosen = stages.filter { name == nil || $0.name == name }
        if chosen.count == 1 { return (chosen[0], "") }
        if stages.isEmpty { return (nil, "the definition has no stage of kind sync") }
        let known = stages.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let complaint =
            name.map { "there is no sync stage \"\($0)\"; there is \(known)" }
            ?? "there are several sync stages; name one with --stage: \(known)"
        return (nil, complaint)
    }
}
