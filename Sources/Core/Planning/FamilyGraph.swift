package import PipelineModel

/// Stages and rules of units, and which of them read what others make: the graph of units, collapsed so that people
/// can look at it. Pure.
package struct FamilyGraph: Sendable {
    package let nodes: [Node]
    package let edges: [Edge]

    package struct Node: Sendable, Hashable {
        /// `stage` for a step, `stage/rule` for units.
        package let name: String
        package let stage: String
        /// Nil for a step.
        package let units: Int?
        /// Whether its units are the values of an axis, asked of the worker.
        package let isAxis: Bool
    }

    /// From who makes something to who reads it.
    package struct Edge: Sendable, Hashable {
        package let from: Int
        package let to: Int
        /// Pairs of units that it stands for; 0 where a stage only comes after another.
        package let pairs: Int
    }

    package init(_ stages: [Stage], _ graph: UnitGraph) {
        var nodes: [Node] = []
        var family: [Int] = []
        var index: [String: Int] = [:]
        var counts: [Int] = []
        for unit in graph.units {
            let isAxis = if case .axis = unit.kind { true } else { false }
            let name = "\(unit.stage)/\(unit.template)" + (isAxis ? Self.values : "")
            let node = index[name] ?? nodes.count
            if node == nodes.count {
                index[name] = node
                nodes.append(Node(name: name, stage: unit.stage, units: 0, isAxis: isAxis))
                counts.append(0)
            }
            counts[node] += 1
            family.append(node)
        }
        nodes = zip(nodes, counts).map {
            Node(name: $0.name, stage: $0.stage, units: $1, isAxis: $0.isAxis)
        }
        var ofStage: [String: [Int]] = [:]
        for (position, node) in nodes.enumerated() {
            ofStage[node.stage, default: []].append(position)
        }
        for stage in stages where ofStage[stage.name] == nil {
            ofStage[stage.name] = [nodes.count]
            nodes.append(Node(name: stage.name, stage: stage.name, units: nil, isAxis: false))
        }
        var pairs: [[Int]: Int] = [:]
        for (consumer, producers) in graph.producers.enumerated() {
            for producer in producers where family[producer] != family[consumer] {
                pairs[[family[producer], family[consumer]], default: 0] += 1
            }
        }
        // Which units there are follows from the values.
        for (from, node) in nodes.enumerated() where node.isAxis {
            if let to = index[String(node.name.dropLast(Self.values.count))] {
                pairs[[from, to], default: 0] += 1
            }
        }
        for stage in stages {
            for need in stage.needs {
                // Units say for themselves what they wait for; a step waits for all that is last of a stage.
                for to in ofStage[stage.name] ?? [] where nodes[to].units == nil {
                    for from in ofStage[need] ?? []
                    where !pairs.keys.contains(where: {
                        $0[0] == from && nodes[$0[1]].stage == need
                    }) {
                        pairs[[from, to], default: 0] += 0
                    }
                }
            }
        }
        self.nodes = nodes
        edges = pairs.map { Edge(from: $0.key[0], to: $0.key[1], pairs: $0.value) }
            .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    private static let values = " (values)"

    /// The names of what a node waits for.
    package func sources(of node: Int) -> [String] {
        edges.filter { $0.to == node }.map { nodes[$0.from].name }
    }
}
