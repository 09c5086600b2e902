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
            "Looks at the folder (Dockerfiles, compose and Beanstalk files, data folders, scripts that deploy) and reads "
            + "what its programs do to files (Python, R, shell, make, Snakemake, DVC, Quarto, notebooks), without running "
            + "them. Writes pipeline/pipeline.yaml with the stages that it finds, in the order of the files that they read "
            + "and write, and with a question for each that the folder does not answer, "
            + "pipeline/environments/local.yaml, and, where files tell of AWS, production.yaml. Comments say why "
            + "each line is there. Existing files are not replaced without --force. Nothing of the folder is started, and "
            + "Docker and AWS are not called. Several sites in one folder get a definition each.\n\n"
            + "Examples:\n  pipeline init --dry-run\n  pipeline init\n  pipeline --project ~/sites/ct-site init",
        options: [
            .flag("force", help: "replace a definition and environments that are there"),
            .value(
                "units", "SCRIPT",
                help:
                    "print a stage of units in place of a script, and a worker to fill in; write nothing",
                completion: .file),
            .value(
                "trace", "STAGE",
                help:
                    "run a stage's command in a copy of the project, and write what it reads and writes into the definition",
                completion: .dynamic(CompletionKind.stage)),
            .flag("yes", help: "do not ask before a command is run"),
            .flag("dry-run", short: "n", help: "print what would be written, and write nothing"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let root = try FileSystem.realPath(invocation.arguments.value("project") ?? ".")
        if let stage = invocation.arguments.value("trace") {
            return try InitTrace.run(stage, invocation)
        }
        let facts = try facts(of: root)
        if let script = invocation.arguments.value("units") {
            return try InitUnits.run(script, root: root, facts: facts, invocation)
        }
        let folders = SiteFolders.of(facts)
        var works: [InitWork] = []
        if folders.isEmpty {
            works.append(try work(facts, root: root))
        } else {
            for folder in folders {
                let path = "\(root)/\(folder)"
                works.append(try work(try Self.facts(of: path), root: path, folder: folder))
            }
        }
        return try finish(works, invocation)
    }

    private static func facts(of root: String) throws -> SiteFacts {
        let scan = try SiteScanner.facts(of: root)
        let read = ProgramReader.read(
            scan.facts, root: root, programs: scan.programs, texts: scan.holders)
        return try OutsideFolders.add(to: read, root: root, home: Environment.value("HOME"))
    }

    private static func work(
        _ facts: SiteFacts, root: String, folder: String? = nil
    ) throws -> InitWork {
        guard let proposal = Proposal.make(facts) else { throw NothingFound(folder: root) }
        try validate(proposal)
        return try InitWork(proposal, root: root, folder: folder)
    }

    /// All of them are looked at before any is written.
    private static func finish(_ works: [InitWork], _ invocation: Invocation) throws -> ExitCode {
        let isDry = invocation.arguments.flag("dry-run")
        let isForced = invocation.arguments.flag("force")
        let standing = works.flatMap { work in
            work.files.filter { $0.change == .replaced }.map(work.shown)
        }
        if !standing.isEmpty, !isForced, !isDry { throw Standing(paths: standing) }
        for work in works where !isDry { try work.write() }
        if invocation.isJSON {
            let documents = works.map { InitText.document($0, isDry: isDry) }
            let document =
                documents.count == 1 ? documents[0] : .object(["sites": .array(documents)])
            invocation.print(document.text)
        } else {
            for work in works {
                let lines =
                    isDry
                    ? InitText.texts(work)
                    : InitText.lines(work, style: invocation.style, width: invocation.width)
                lines.forEach(invocation.print)
                if works.count > 1 { invocation.print("") }
            }
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
                transports: Registry.transportSchemas, targets: Registry.targetSchemas)
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
