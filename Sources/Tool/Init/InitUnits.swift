import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import ProjectScaffold

/// `pipeline init --units SCRIPT`: a stage of units in place of a script. Prints it and writes nothing.
enum InitUnits {
    /// - Parameters:
    ///   - script: as it was typed: relative to `root`, or absolute.
    ///   - facts: of the folder.
    static func run(
        _ script: String, root: String, facts: SiteFacts, _ invocation: Invocation
    ) throws -> ExitCode {
        let prefix = root == "/" ? "/" : root + "/"
        let full = try FileSystem.realPath(script.hasPrefix("/") ? script : prefix + script)
        guard full.hasPrefix(prefix),
            let proposal = UnitsProposal.make(facts, script: String(full.dropFirst(prefix.count)))
        else { throw NoUnits(script: script) }
        let lines = proposal.stage.split(separator: "\n", omittingEmptySubsequences: false)
        let stage = lines.map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        // What `run` would find.
        _ = try DefinitionReader.read(
            "project: units\nstages:\n" + stage, file: Project.definitionPath,
            executors: Registry.executorSchemas)
        if invocation.isJSON {
            invocation.print(
                JSONValue.object([
                    "script": .string(proposal.script), "stage": .string(stage),
                    "worker_path": .string(proposal.workerPath),
                    "worker": .string(proposal.worker), "rules": .strings(proposal.rules),
                ]).text)
        } else {
            invocation.print("==> \(Project.definitionPath), under \"stages\"")
            invocation.print(stage)
            invocation.print("==> \(proposal.workerPath)")
            invocation.print(String(proposal.worker.dropLast()))
        }
        return .done
    }

    private struct NoUnits: Explained {
        let script: String

        var description: String { failure.text }

        var failure: Failure {
            Failure(
                "no-units", "\"\(script)\" shows no file that it writes",
                cause: "no rule can be proposed for a program whose outputs its text does not tell",
                next: "name a Python or R script of this folder, or write the rules yourself: "
                    + "docs/guide/compile.md")
        }
    }
}
