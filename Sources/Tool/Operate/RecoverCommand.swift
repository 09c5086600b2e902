import Arguments
import JSON
import PipelineEngine
import PipelineLedger
import PipelineShipping
import Terminal

/// `pipeline recover`: a clone that knows nothing learns from the archive what was made and released.
enum RecoverCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "recover", summary: "rebuild the ledger of a new clone from the archive",
        discussion:
            "Reads the history of all clones: results, releases, and what is live. Nothing is compiled, sent or "
            + "deployed. Afterwards `pipeline run deploy` fetches what is finished, and `pipeline rollback --to N` "
            + "brings the data of a release out of the archive. A clone that is whole loses nothing by it.\n\n"
            + "Example: git clone …, cd …, pipeline recover",
        options: [.flag("no-wait", help: "fail at once when another run is at work")])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        guard let archive = project.shared as? ProjectArchive else { throw ArchiveUpkeep.noArchive }
        return try SessionRunner(invocation, project).run(onlyReadsArchive: true) {
            session in
            let recovery = try Recovery(archive, session)
            if invocation.isJSON {
                invocation.print(json(recovery).text)
            } else {
                lines(recovery).forEach(invocation.print)
            }
            return []
        }
    }

    static func lines(_ recovery: Recovery) -> [String] {
        let summary = recovery.summary
        var lines = [
            "archive  \(Format.escaped(recovery.archive))",
            "results  \(Format.count(Int(summary.results))), with releases "
                + "\(Format.count(Int(summary.contents))) contents, \(Format.bytes(summary.bytes)), of "
                + (summary.clones == 1 ? "1 clone" : "\(summary.clones) clones"),
        ]
        for environment in recovery.environments {
            let releases =
                environment.releases == 1 ? "1 release" : "\(environment.releases) releases"
            let name = "\(Format.escaped(environment.name)): \(releases), "
            guard let live = environment.live else {
                lines.append(name + "none of which is live")
                continue
            }
            let maker = DeploymentText.maker(live).map { ", deployed \($0)" } ?? ""
            lines.append(
                name + "release \(live.release) is live by the history since "
                    + RecordedTime.iso8601(live.endedMs ?? live.startedMs) + maker)
        }
        if recovery.environments.isEmpty { lines.append("no release yet") }
        return lines
    }

    private static func json(_ recovery: Recovery) -> JSONValue {
        .object([
            "event": .string("recovered"), "archive": .string(recovery.archive),
            "results": .int(recovery.summary.results), "clones": .int(recovery.summary.clones),
            "contents": .int(recovery.summary.contents), "bytes": .int(recovery.summary.bytes),
            "environments": .array(
                recovery.environments.map {
                    .object([
                        "environment": .string($0.name), "releases": .int($0.releases),
                        "live": .int($0.live?.release),
                    ])
                }),
        ])
    }
}
