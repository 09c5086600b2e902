package import PipelineEngine
package import PipelineModel
import Posix

/// What a definition that `pipeline init` proposed leaves open, and environments that are drafts.
package struct ProposalDoctor {
    private static let area = "definition"

    private let project: Project
    /// Commands that nobody has confirmed.
    private let open: [String]

    package init(project: Project, open: [String]) {
        self.project = project
        self.open = open
    }

    package func diagnoses() throws -> [Diagnosis] {
        var found = try drafts()
        guard project.isProposed else { return found }
        let text = try FileSystem.readText(Project.definitionPath)
        let questions = text.split(separator: "\n").filter {
            $0.drop { $0 == " " }.hasPrefix("# Question:")
        }
        if !questions.isEmpty {
            found.append(
                Diagnosis(
                    Self.area, "questions", .warning,
                    "\(questions.count) in \(Project.definitionPath): what the folder does not tell is left out",
                    advice: "answer each by a stage, and take its comment out"))
        }
        if !open.isEmpty {
            found.append(
                Diagnosis(
                    Self.area, "commands", .warning,
                    "proposed by `pipeline init`, and not confirmed: "
                        + open.joined(separator: "; "),
                    advice: "the first run shows them and asks; `pipeline run --yes` confirms them")
            )
        }
        return found
    }

    private func drafts() throws -> [Diagnosis] {
        guard try FileSystem.status(Project.environmentsPath) != nil else { return [] }
        return try FileSystem.entries(of: Project.environmentsPath).map(\.name)
            .filter { $0.hasSuffix(".yaml.draft") }.sorted().map { name in
                Diagnosis(
                    Self.area, name, .warning, "a draft, and no environment yet",
                    advice: "fill in what it lists as missing, and take \".draft\" off its name")
            }
    }
}
