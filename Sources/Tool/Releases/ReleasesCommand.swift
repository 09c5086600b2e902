import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel

/// `pipeline releases`: what was released, and what was live when. Changes nothing.
enum ReleasesCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "releases", summary: "list the releases and when each was live",
        discussion:
            "A release is code, data and settings together. ● marks the one that is live, ↩ the one "
            + "that `pipeline rollback` brings back.\n\nExample: pipeline releases --environment local",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "only the releases of this environment",
                completion: .dynamic(CompletionKind.environment))
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        try invocation.readArchive(project)
        let ledger = try invocation.ledger()
        let names: [String]
        if let name = invocation.arguments.value("environment") {
            names = [try project.environment(name).name]
        } else {
            // An environment that is described no more has its history still.
            let recorded = try ledger?.environmentsWithReleases() ?? []
            names = Set(try project.environmentNames() + recorded).sorted()
        }
        let reports = try names.map { try ReleasesReport($0, ledger: ledger) }
        if invocation.isJSON {
            invocation.print(ReleasesJSON.document(reports))
        } else {
            ReleasesText.lines(reports, style: invocation.style, width: invocation.width)
                .forEach(invocation.print)
        }
        return .done
    }
}
