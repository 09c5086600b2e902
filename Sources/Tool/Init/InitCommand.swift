import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import ProjectScaffold
import ScriptReading
import SiteScanner
import Terminal

/// `pipeline init`: a definition for a site that has none.
enum InitCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "init", summary: "propose a definition for an existing site, and write it",
        discussion:
            "Looks at the folder (Dockerfiles, compose and Beanstalk files, data folders, programs that make "
            + "data, scripts that deploy), and writes pipeline/pipeline.yaml with the stages that it finds, "
            + "pipeline/environments/local.yaml, and, where files tell of AWS, production.yaml. Comments say why "
            + "each line is there. Existing files are not replaced without --force. Nothing is started and "
            + "nobody is asked.\n\n"
            + "Examples:\n  pipeline init --dry-run\n  pipeline init\n  pipeline --project ~/sites/ct-site init",
        options: [
            .flag("force", help: "replace a definition and environments that are there"),
            .flag("dry-run", short: "n", help: "print what would be written, and write nothing"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let root = try FileSystem.realPath(invocation.arguments.value("project") ?? ".")
        let scan = try SiteScanner.facts(of: root)
        let facts = ProgramReader.read(
            scan.facts, root: root, programs: scan.programs, texts: scan.holders)
        guard let proposal = Proposal.make(facts) else {
            throw NothingFound(folder: root)
        }
        try validate(proposal)
        let work = try InitWork(proposal, root: root)
        let isDry = invocation.arguments.flag("dry-run")
        let isForced = invocation.arguments.flag("force")
        let standing = work.files.filter { $0.change == .replaced }.map(\.path)
        if !standing.isEmpty, !isForced, !isDry { throw Standing(paths: standing) }
        if !isDry { try work.write() }
        if invocation.isJSON {
            invocation.print(InitText.document(work, isDry: isDry).text)
        } else if isDry {
            InitText.texts(work).forEach(invocation.print)
        } else {
            InitText.lines(work, style: invocation.style, width: invocation.width).forEach(
                invocation.print)
        }
        if isDry, !standing.isEmpty, !isForced {
            invocation.errors.tell([Standing(paths: standing).failure])
            return .failed
        }
        return .done
    }

    /// What `run` would find, found before anything is written.
    private static func validate(_ proposal: Proposal) throws {
        _ = try DefinitionReader.read(
            proposal.definition, file: Project.definitionPath,
            executors: Registry.executorSchemas)
        for environment in proposal.environments {
            _ = try EnvironmentReader.read(
                environment.text, name: environment.name, file: InitWork.path(of: environment),
                transports: Registry.transportSchemas)
        }
    }

    private struct NothingFound: Explained {
        let folder: String

        var description: String { failure.text }

        var failure: Failure {
            Failure(
                "nothing-to-propose",
                "there is nothing to propose for \"\(folder)\"",
                cause:
                    "it has no Dockerfile, no folder of data and no program that makes data",
                next:
                    "change to the site's folder, or write \(Project.definitionPath) yourself")
        }
    }

    private struct Standing: Explained {
        let paths: [String]

        var description: String { failure.text }

        var failure: Failure {
            let differ =
                paths.count == 1 ? "is there already and differs" : "are there already and differ"
            return Failure(
                "definition-exists",
                "\(paths.joined(separator: ", ")) \(differ); nothing was written",
                next: "see what would be written with --dry-run; to replace what is there",
                run: "pipeline init --force")
        }
    }
}
