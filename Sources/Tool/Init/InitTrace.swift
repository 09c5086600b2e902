import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Processes
import ProjectScaffold
import Terminal

/// `pipeline init --trace STAGE`: runs the stage's command in a copy of the project, and writes what it read and wrote into the
/// definition.
enum InitTrace {
    static func run(_ name: String, _ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        guard let stage = project.definition.stage(name) else {
            throw StageChoice.Unknown(
                name: name, known: project.definition.stages.map(\.name))
        }
        let command = try command(of: stage)
        let environment = try project.python.environment(command.environment)
        let copy = try TracedCopy(root: project.root)
        guard try FileSystem.freeBytes(project.root) > copy.bytes + copy.bytes / 8 else {
            throw Untraced(
                stage: name,
                cause:
                    "a copy of the project has \(Format.bytes(copy.bytes)), for which there is no room",
                next: "free some, or write \"inputs\" and \"outputs\" yourself")
        }
        let line = ShellWords.line(command.words)
        guard
            Confirmation.isGiven(
                invocation,
                "This copies the project (\(Format.bytes(copy.bytes))) and runs there: \(Format.escaped(line)).",
                word: "yes")
        else { return .failed }
        guard let found = try copy.run(command.words, environment: environment) else {
            throw Untraced(
                stage: name, cause: "this system does not let files be seen that a command opens",
                next: "write \"inputs\" and \"outputs\" yourself")
        }
        guard found.exit.isSuccess else {
            throw Untraced(
                stage: name, cause: "\(line) \(found.exit)",
                next: "correct it; nothing was written")
        }
        let files = TracedFiles(
            read: found.read, written: found.written, present: found.present,
            command: command.words)
        return try write(files, stage, command.hasOutputs, invocation)
    }

    private struct Command {
        let words: [String]
        let environment: [String: String]
        /// Whether the command is given its outputs' paths, so that they stand in the definition rightly.
        let hasOutputs: Bool
    }

    private static func command(of stage: Stage) throws -> Command {
        guard case .units(let content) = stage.content, content.templates.count == 1,
            let template = content.templates.first, template.matrix.isEmpty,
            let words = template.command, words.allSatisfy({ $0.places.isEmpty })
        else {
            throw Untraced(
                stage: stage.name, cause: "it is no command without places such as {output}",
                next: "name a stage of kind run whose command says where its files are")
        }
        return Command(
            words: words.compactMap { $0.filled { _, _ in nil } }, environment: content.environment,
            hasOutputs: template.inPlace == nil && template.declaresOutputs
                && !template.outputs.isEmpty)
    }

    /// What is written is what `run` reads.
    private static func write(
        _ files: TracedFiles, _ stage: Stage, _ keepsOutputs: Bool, _ invocation: Invocation
    ) throws -> ExitCode {
        var keys = [(name: "inputs", values: files.inputs), (name: "code", values: files.code)]
        if !keepsOutputs { keys.append((name: "outputs", values: files.outputs)) }
        if invocation.isJSON {
            invocation.print(
                JSONValue.object([
                    "stage": .string(stage.name), "inputs": .strings(files.inputs),
                    "code": .strings(files.code), "outputs": .strings(files.outputs),
                    "left": .strings(files.left),
                ]).text)
        } else {
            for (name, values) in keys {
                invocation.print("\(name): \(Format.escaped(YAMLText.list(values)))")
            }
        }
        for path in files.left {
            invocation.tell("left out, since a definition cannot name it: \(Format.escaped(path))")
        }
        if invocation.arguments.flag("dry-run") { return .done }
        let path = Project.definitionPath
        let text = try FileSystem.readText(path)
        guard let new = try StageEdit.replacing(keys, of: stage.name, in: text),
            (try? DefinitionReader.read(  // try?: what is not read back is not written
                new, file: path, executors: Registry.executorSchemas,
                transports: Registry.archiveSchemas)) != nil
        else {
            throw Untraced(
                stage: stage.name, cause: "its keys in \(path) do not stand on lines of their own",
                next: "write the lists above there yourself")
        }
        try FileSystem.writeAtomically(new.utf8, to: path)
        invocation.tell(
            "\(path): inputs, code and outputs of \(stage.name) are those that were seen")
        return .done
    }

    private struct Untraced: Explained {
        let stage: String
        let cause: String
        let next: String

        var description: String { failure.text }

        var failure: Failure {
            Failure(
                "stage-not-traced", "what stage \"\(stage)\" reads and writes was not found out",
                cause: cause, next: next)
        }
    }
}
