import Arguments
import PipelineEngine
import PipelineModel
import Spelling

/// The stages that a command line names.
enum StageChoice {
    struct Unknown: Error, CustomStringConvertible {
        let name: String
        let known: [String]

        var description: String {
            let hint = Spelling.nearest(name, among: known).map { "; did you mean \"\($0)\"?" }
            return "there is no stage \"\(name)\"" + (hint ?? "")
                + " (stages: \(known.joined(separator: ", ")))"
        }
    }

    static func stages(_ invocation: Invocation, _ project: Project) throws -> [Stage] {
        let names = invocation.arguments.positionals("stage")
        for name in names where project.definition.stage(name) == nil {
            throw Unknown(name: name, known: project.definition.stages.map(\.name))
        }
        return project.definition.closure(of: names)
    }
}
