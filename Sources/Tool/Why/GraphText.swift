import PipelinePlanning
import Terminal
import Texts

/// The graph of rules for people and for programs that draw.
enum GraphText {
    /// A line for each node, under its stage: how many units, and what it waits for.
    static func lines(_ graph: FamilyGraph, _ stages: [String], style: Style) -> [String] {
        var lines: [String] = []
        for stage in stages {
            lines.append(style.bold(stage))
            for (position, node) in graph.nodes.enumerated() where node.stage == stage {
                let sources = graph.sources(of: position).map { short($0, in: stage) }
                let waits =
                    sources.isEmpty ? "" : style.dim("  after " + sources.joined(separator: ", "))
                guard let units = node.units else {
                    if !sources.isEmpty {
                        lines.append("  " + style.dim("after " + sources.joined(separator: ", ")))
                    }
                    continue
                }
                let count = units == 1 ? "1 unit" : "\(Format.count(units)) units"
                lines.append("  \(Format.escaped(short(node.name, in: stage)))  \(count)" + waits)
            }
        }
        return lines
    }

    private static func short(_ name: String, in stage: String) -> String {
        name.hasPrefix("\(stage)/") ? String(name.dropFirst(stage.count + 1)) : name
    }

    /// A graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html).
    static func dot(_ graph: FamilyGraph, _ stages: [String]) -> String {
        var lines = [
            "digraph pipeline {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];",
        ]
        for (number, stage) in stages.enumerated() {
            let own = graph.nodes.indices.filter { graph.nodes[$0].stage == stage }
            let isStep = own.allSatisfy { graph.nodes[$0].units == nil }
            if !isStep {
                lines.append("  subgraph cluster_\(number) {")
                lines.append("    label=\(quoted(stage)); fontname=\"sans-serif\"; color=gray;")
            }
            for node in own {
                lines.append(
                    "  \(isStep ? "" : "  ")n\(node) [label=\(label(graph.nodes[node], quoted))];")
            }
            if !isStep { lines.append("  }") }
        }
        for edge in graph.edges { lines.append("  n\(edge.from) -> n\(edge.to);") }
        return (lines + ["}"]).joined(separator: "\n")
    }

    /// A flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html).
    static func mermaid(_ graph: FamilyGraph, _ stages: [String]) -> String {
        var lines = ["flowchart LR"]
        for (number, stage) in stages.enumerated() {
            let own = graph.nodes.indices.filter { graph.nodes[$0].stage == stage }
            let isStep = own.allSatisfy { graph.nodes[$0].units == nil }
            if !isStep { lines.append("  subgraph s\(number)[\(entities(stage))]") }
            for node in own {
                lines.append(
                    "  \(isStep ? "" : "  ")n\(node)[\(label(graph.nodes[node], entities))]")
            }
            if !isStep { lines.append("  end") }
        }
        for edge in graph.edges { lines.append("  n\(edge.from) --> n\(edge.to)") }
        return lines.joined(separator: "\n")
    }

    private static func label(_ node: FamilyGraph.Node, _ quote: (String) -> String) -> String {
        let name = short(node.name, in: node.stage)
        return quote(node.units.map { $0 == 1 ? name : "\(name) × \($0)" } ?? name)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + Format.escaped(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            + "\""
    }

    /// Quotes are entities there: `#quot;`.
    private static func entities(_ text: String) -> String {
        "\"" + Format.escaped(text).replacing("#", with: "#35;").replacing("\"", with: "#quot;")
            + "\""
    }
}
