import Failures
import PipelineEngine
import PipelineModel
import Spelling

/// The stages that a command line names.
enum StageChoice {
    struct Unknown: Explained {
        let name: String
        let known: [String]
        /// What was asked for, such as "pipeline run".
        let command: String

        var description: String { failure.text }

        var failure: Failure {
            let nearest = Spelling.nearest(name, among: known)
            return Failure(
                "no-such-stage",
                "there is no stage \"\(name)\" (stages: \(known.joined(separator: ", ")))",
                next: nearest.map { "did you mean \"\($0)\"?" },
                run: .exact(
                    nearest.map { ShellWords.line([$0]) }.map { "\(command) \($0)" } ?? command))
        }
    }

    /// - Parameter command: what was asked for, such as "pipeline run".
    static func stages(
        _ names: [String], _ project: Project, command: String
    ) throws -> [Stage] {
        for name in names where project.definition.stage(name) == nil {
            throw Unknown(
                name: name, known: project.definition.stages.map(\.name),
                command: command)
        }
        return project.definition.closure(of: names)
    }
}
