import Failures
import PipelineEngine
import PipelineModel
import Spelling

/// The stages that a command line names.
enum StageChoice {
    struct Unknown: Explained {
        let name: String
        let known: [String]

        var description: String { failure.text }

        var failure: Failure {
            let nearest = Spelling.nearest(name, among: known)
            return Failure(
                "no-such-stage",
                "there is no stage \"\(name)\" (stages: \(known.joined(separator: ", ")))",
                next: nearest.map { "did you mean \"\($0)\"?" } ?? "name one of these stages",
                run: nearest.map { .corrected(name, to: $0) })
        }
    }

    static func stages(_ names: [String], _ project: Project) throws -> [Stage] {
        for name in names where project.definition.stage(name) == nil {
            throw Unknown(name: name, known: project.definition.stages.map(\.name))
        }
        return project.definition.closure(of: names)
    }
}
