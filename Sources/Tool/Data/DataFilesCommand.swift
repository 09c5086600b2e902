import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Spelling
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
        let (stage, sync) = try choose(
            invocation.arguments.value("stage"), project.definition)
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
    ) throws(UsageError) -> (name: String, sync: SyncStage) {
        let stages = definition.stages.compactMap { stage in
            if case .sync(let sync) = stage.content { (name: stage.name, sync: sync) } else { nil }
        }
        let chosen = stages.filter { name == nil || $0.name == name }
        if chosen.count == 1 { return chosen[0] }
        guard let first = stages.first else {
            throw UsageError(
                "no-such-sync", "the definition has no stage of kind sync",
                next: "add one; docs/guide/sync-data.md shows how")
        }
        let known = stages.map { "\"\($0.name)\"" }.joined(separator: ", ")
        guard let name else {
            throw UsageError(
                "no-such-sync", "there are several sync stages: \(known)", next: "name one",
                run: .again(adding: "--stage \(first.name)"))
        }
        let nearest = Spelling.nearest(name, among: stages.map(\.name))
        throw UsageError(
            "no-such-sync", "there is no sync stage \"\(name)\"; known: \(known)",
            next: nearest.map { "did you mean \"\($0)\"?" } ?? "name one of these with --stage",
            run: nearest.map { .again(adding: "--stage \($0)") })
    }
}
