import Arguments
import LocalHTTPServer
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Reports

/// `pipeline report`: the project's history as one page. Changes nothing but the file that it writes.
enum ReportCommand {
    static let command = Command(spec, run)

    private static let defaultFile = "pipeline-report.html"

    private static let spec = CommandSpec(
        "report", summary: "write the history of runs, units and releases as one page of HTML",
        discussion:
            "The page needs nothing else and no network: send it, or keep it with a release. It shows what "
            + "logs and commands said, so look at it before you publish it. With --live it is served to "
            + "browsers of this machine instead, and follows a run, until Ctrl-C.\n\n"
            + "Example: pipeline report --output report.html",
        options: [
            .value("output", short: "o", "FILE", help: "the file to write", default: defaultFile),
            .value("runs", "N", help: "only the newest N runs", default: "50"),
            .value(
                "environment", short: "e", "NAME", help: "only the releases of this environment",
                completion: .dynamic(CompletionKind.environment)),
            .flag("live", help: "serve the page at 127.0.0.1 and keep it up to date"),
            .value("port", "N", help: "with --live: the port; without it one that is free"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let arguments = invocation.arguments
        let runs = try arguments.int("runs", in: 1...100_000) ?? 50
        let port = try arguments.int("port", in: 1...65_535).flatMap(UInt16.init(exactly:)) ?? 0
        let isLive = arguments.flag("live")
        // Threads that are made later inherit what is blocked here.
        let interrupts = isLive ? try Interrupts() : nil
        // Where the command was typed: entering a project changes the folder.
        let folder = try FileSystem.realPath(".")
        let project = try invocation.project()
        try invocation.readArchive(project)
        let reader = ReportReader(
            project, runs: runs,
            environment: try arguments.value("environment").map {
                try project.environment($0).name
            },
            ledger: { try invocation.ledger(follows: interrupts != nil) })
        if let interrupts {
            return try serve(reader, port: port, until: interrupts, invocation)
        }
        let document = ReportJSON.document(try reader.content())
        if invocation.isJSON {
            invocation.print(document)
            return .done
        }
        let name = arguments.value("output") ?? defaultFile
        let path = name.hasPrefix("/") ? name : folder + "/" + name
        try ReportFile.write(
            ReportPage(project: project.definition.project, data: document), to: path)
        invocation.print(path)
        return .done
    }

    private static func serve(
        _ reader: ReportReader, port: UInt16, until interrupts: Interrupts,
        _ invocation: Invocation
    ) throws -> ExitCode {
        let serving = ReportServing(reader)
        let server = try LoopbackServer(port: port, answer: serving.answer)
        invocation.print(server.address)
        invocation.tell("the report is served to this machine until Ctrl-C")
        try server.serve(until: interrupts.cancellation.descriptor)
        return interrupts.exitCode ?? .done
    }
}
