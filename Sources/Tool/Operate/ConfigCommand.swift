import Arguments
import ConfigRepository
import Digests
import JSON
import PipelineEngine
import Posix
import Terminal

/// `pipeline config pull`: configuration that is kept apart from the code.
enum ConfigCommand {
    static let command = Command(
        CommandSpec(
            "config", summary: "bring configuration from its own repository",
            subcommands: [pullSpec]), run)

    private static let pullSpec = CommandSpec(
        "pull", summary: "copy a stage's configuration from a private repository",
        discussion:
            "The repository holds NAMESPACE/base for all stages and NAMESPACE/STAGE for one; both are "
            + "copied into the project, the stage over the base. What was pulled is remembered, so the "
            + "command alone pulls the same again, in any terminal. Files that were changed here are not "
            + "replaced without --force. The clone is temporary.\n\n"
            + "Examples:\n  pipeline config pull aims test --from git@github.com:lab/site-config.git\n"
            + "  pipeline config pull\n  pipeline config pull --dry-run",
        positionals: [
            PositionalSpec(
                "namespace", .optional, help: "whose configuration; default that of the last time"),
            PositionalSpec("stage", .optional, help: "for which stage; default as above"),
        ],
        options: [
            .value("from", "URL", help: "the repository, as git clones it"),
            .value("branch", "NAME", help: "its branch; default the repository's own"),
            .value(
                "to", "FOLDER", help: "where in the project it goes; default the project's folder"),
            .flag("force", help: "replace files that were changed here too"),
            .flag("dry-run", short: "n", help: "only say what would be copied"),
        ])

    private static let record = "\(Project.statePath)/configuration.json"

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let arguments = invocation.arguments
        let interrupts = try Interrupts()
        let last = try PulledConfiguration.read(record)
        guard let url = arguments.value("from") ?? last?.url,
            let namespace = arguments.positional("namespace") ?? last?.namespace,
            let stage = arguments.positional("stage")
                ?? (arguments.positional("namespace") == nil ? last?.stage : nil)
        else { throw ConfigurationError.noSource }
        let isOther = arguments.value("from") != nil
        let source = try ConfigurationSource(
            url: url, branch: arguments.value("branch") ?? (isOther ? nil : last?.branch),
            namespace: namespace, stage: stage)
        let target = arguments.value("to").map { "\(project.root)/\($0)" } ?? project.root
        let isDry = arguments.flag("dry-run")
        let result: ConfigurationPull.Result
        do {
            result = try ConfigurationPull(
                source, target: target, record: record, scratch: "\(Project.statePath)/clones"
            ).run(
                isForced: arguments.flag("force"), isDry: isDry, cancel: interrupts.cancellation)
        } catch {
            if let code = interrupts.exitCode { return code }
            throw error
        }
        show(result, source, isDry, invocation)
        return isDry && !result.plan.altered.isEmpty && !arguments.flag("force") ? .failed : .done
    }

    private static func show(
        _ result: ConfigurationPull.Result, _ source: ConfigurationSource, _ isDry: Bool,
        _ invocation: Invocation
    ) {
        let plan = result.plan
        for layer in plan.missing { invocation.tell("\(layer) is not in the repository; skipped") }
        for path in plan.gone {
            invocation.tell(
                "\(Format.escaped(path)) is no longer in the repository; it stays here")
        }
        if invocation.isJSON {
            let files = plan.files.map { file in
                JSONValue.object([
                    "path": .string(file.path), "layer": .string(file.layer),
                    "change": .string(file.change.rawValue), "digest": .string(file.digest.hex),
                ])
            }
            invocation.print(
                JSONValue.object([
                    "repository": .string(source.publicURL), "commit": .string(result.commit),
                    "namespace": .string(source.namespace), "stage": .string(source.stage),
                    "missing": .array(plan.missing.map { .string($0) }),
                    "files": .array(files),
                ]).text)
        } else {
            for file in plan.files where file.change != .same {
                let word = file.change == .new ? "new      " : file.change.rawValue + "  "
                invocation.print("\(word)\(Format.escaped(file.path))  from \(file.layer)")
            }
        }
        let same = plan.files.filter { $0.change == .same }.count
        let count = plan.files.count - same
        invocation.tell(
            "\(isDry ? "would copy" : "copied") \(Format.count(count)) files, \(Format.count(same)) are the same: "
                + "namespace \(source.namespace), stage \(source.stage), branch \(source.branch ?? "of the repository"), "
                + "commit \(result.commit.prefix(12))")
    }
}
