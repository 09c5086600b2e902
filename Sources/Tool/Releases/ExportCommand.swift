import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Posix
import Terminal

/// `pipeline export`: a release as one file.
enum ExportCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "export", summary: "write a release to one file that runs with Docker alone",
        discussion:
            "The file is a tar archive with the image, the data, who made what and why, and a script that runs it. Data that is "
            + "not here is fetched from the archive, and an image from its registry.\n\n"
            + "Example: pipeline export 12 -e production --to paper.tar",
        positionals: [
            PositionalSpec(
                "release", .required, help: "the number of the release",
                completion: .dynamic(CompletionKind.release))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment of the release",
                completion: .dynamic(CompletionKind.environment)),
            .value(
                "to", "FILE",
                help:
                    "the new file, by default PROJECT-ENVIRONMENT-RELEASE.tar; it must not be there yet"
            ),
            .flag("without-image", help: "data and provenance alone: needs no Docker"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let text = invocation.arguments.positional("release") ?? ""  // the parser has seen to it
        guard let number = Int64(text), number > 0 else {
            throw UsageError(
                "bad-value", "\"\(text)\" is no number of a release", next: "list them",
                run: "pipeline releases")
        }
        let caller = try FileSystem.currentDirectory()
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let target =
            invocation.arguments.value("to")
            ?? "\(project.definition.project)-\(environment.name)-\(number).tar"
        let path = target.hasPrefix("/") ? target : "\(caller)/\(target)"
        guard try FileSystem.linkStatus(path) == nil else {
            throw UsageError(
                "file-exists", "\"\(target)\" is there already; nothing was written",
                next: "name another one")
        }
        let interrupts = try Interrupts()
        try invocation.readArchive(project, afresh: true)
        guard let ledger = try invocation.ledger(),
            let release = try ledger.release(number, environment: environment.name)
        else { throw ShippingError.releaseUnknown(number, environment: environment.name) }
        let contents = ReleaseContents(project)
        let why = try WhyRelease(
            release.number, environment: environment.name, contents: contents, ledger: ledger)
        let tells = invocation
        do {
            let outcome = try ReleaseExport(project, release, cancel: interrupts.cancellation) {
                if case .note(let text) = $0 { tells.tell(Format.escaped(text)) }
            }.write(
                to: path, withImage: !invocation.arguments.flag("without-image"),
                provenance: WhyOriginJSON.release(why).text)
            show(outcome, release, target, invocation)
            return .done
        } catch {
            if let code = interrupts.exitCode { return code }
            throw error
        }
    }

    private static func show(
        _ outcome: ReleaseExport.Outcome, _ release: ReleaseRecord, _ target: String,
        _ invocation: Invocation
    ) {
        guard !invocation.isJSON else {
            let value: JSONValue = [
                "file": .string(target), "environment": .string(release.environment),
                "release": .int(release.number), "bytes": .int(outcome.bytes),
                "data_files": .int(outcome.files), "has_image": .bool(outcome.hasImage),
            ]
            return invocation.print(value.text)
        }
        let image = outcome.hasImage ? "its image, " : ""
        let files = outcome.files == 1 ? "1 file" : "\(Format.count(outcome.files)) files"
        invocation.print(
            "\(Format.escaped(target)): release \(release.number) of \(Format.escaped(release.environment)), "
                + "\(image)\(files) of data, \(Format.bytes(outcome.bytes))")
    }
}
