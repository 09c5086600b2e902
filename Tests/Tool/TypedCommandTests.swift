import Arguments
import Failures
import PipelineEngine
import Testing

@testable import PipelineCommands

/// The command that an error proposes.
struct TypedCommandTests {
    /// What an error proposes after a command line that may be refused.
    private func next(_ words: [String], _ command: Failure.Command) -> String? {
        // A refused line has no parsed arguments.
        let arguments = try? CommandLineTool.root.parse(words)
        return TypedCommand.text(command, after: TypedCommand(words: words, arguments: arguments))
    }

    @Test(
        "a misspelt word is corrected where it stands, and all else stays",
        arguments: [
            (
                ["run", "complie", "--jobs", "3"], "complie", "compile",
                "pipeline run compile --jobs 3"
            ),
            (["rnu", "rnu.txt"], "rnu", "run", "pipeline run rnu.txt"),
            (["run", "--jbos=3"], "--jbos", "--jobs", "pipeline run --jobs=3"),
            (["run", "--only=a/b"], "a/b", "a/c d", "pipeline run '--only=a/c d'"),
        ])
    func corrected(words: [String], wrong: String, right: String, line: String) {
        #expect(next(words, .corrected(wrong, to: right)) == line)
    }

    @Test("what was not typed is not corrected")
    func notTyped() {
        #expect(next(["run", "-e", "x"], .corrected("y", to: "z")) == nil)
    }

    @Test(
        "an environment that does not exist: the nearest name with the command, else all names",
        arguments: [
            (
                "prodution", "did you mean \"production\"?",
                "pipeline run deploy --environment production" as String?
            ),
            (
                "staging",
                "name one of these with --environment, or describe a new one in pipeline/environments/staging.yaml",
                nil as String?
            ),
        ])
    func environments(name: String, advice: String, line: String?) {
        let failure = ProjectError.unknownEnvironment(name, ["here", "production"]).failure
        #expect(failure.headline.hasSuffix("; known: here, production"))
        #expect(failure.advice == advice)
        #expect(failure.command.flatMap { next(["run", "deploy", "-e", name], $0) } == line)
    }

    @Test("an environment where there is none at all is to be described")
    func none() {
        let failure = ProjectError.unknownEnvironment("lab", []).failure
        #expect(failure.headline.hasSuffix("the project has none yet"))
        #expect(failure.advice?.hasPrefix("describe it in pipeline/environments/lab.yaml") == true)
    }
}
