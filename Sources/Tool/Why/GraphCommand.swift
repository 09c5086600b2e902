import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelinePlanning
import Processes

/// `pipeline graph`: stages and rules of units, and what reads what. Changes nothing.
enum GraphCommand {
    static let command = Command(spec, run)

    private static let formats = ["text", "dot", "mermaid", "svg"]

    private static let spec = CommandSpec(
        "graph", summary: "draw stages and rules of units, and which reads what others make",
        discussion:
            "Units of one rule are one box. svg is drawn by Graphviz, whose program dot must be "
            + "installed for it.\n\nExample: pipeline graph --format svg > graph.svg",
        options: [
            .value(
                "format", "FORMAT", help: "text, dot, mermaid or svg", default: "text",
                completion: .choices(formats))
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let survey = try Survey(project, ledger: try invocation.ledger())
        let graph = FamilyGraph(project.definition.stages, survey.graph)
        let stages = project.definition.stages.map(\.name)
        if invocation.isJSON {
            invocation.print(document(graph))
            return .done
        }
        switch invocation.arguments.value("format") {
        case "dot": invocation.print(GraphText.dot(graph, stages))
        case "mermaid": invocation.print(GraphText.mermaid(graph, stages))
        case "svg": invocation.print(try drawn(GraphText.dot(graph, stages)))
        default:
            GraphText.lines(graph, stages, style: invocation.style).forEach(invocation.print)
        }
        return .done
    }

    private static func document(_ graph: FamilyGraph) -> String {
        JSONValue.object([
            "nodes": .array(
                graph.nodes.map { node in
                    .object([
                        "name": .string(node.name), "stage": .string(node.stage),
                        "units": node.units.map { .int($0) } ?? .null,
                    ])
                }),
            "edges": .array(
                graph.edges.map { edge in
                    .object([
                        "from": .string(graph.nodes[edge.from].name),
                        "to": .string(graph.nodes[edge.to].name),
                    ])
                }),
        ]).text
    }

    private static func drawn(_ text: String) throws -> String {
        let output: ProcessOutput
        do throws(ProcessError) {
            output = try ProcessRunner.run(
                ProcessCommand(["dot", "-Tsvg"]), input: Array(text.utf8), timeout: 120)
        } catch {
            if case .executableNotFound = error { throw NotDrawn.notInstalled }
            throw error
        }
        guard output.exit.isSuccess else { throw NotDrawn.failed(output.standardErrorText) }
        return output.standardOutputText
    }

    private enum NotDrawn: Explained {
        case notInstalled
        case failed(String)

        var description: String { failure.text }

        var failure: Failure {
            switch self {
            case .notInstalled:
                Failure(
                    "graphviz-missing",
                    "svg is drawn by Graphviz, whose program \"dot\" was not found",
                    next: "install the package graphviz, or take Mermaid",
                    run: "pipeline graph --format mermaid")
            case .failed(let text):
                Failure(
                    "graph-not-drawn", "dot could not draw the graph", cause: text,
                    next: "take Mermaid", run: "pipeline graph --format mermaid")
            }
        }
    }
}
