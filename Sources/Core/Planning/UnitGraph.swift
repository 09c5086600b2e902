package import Failures
import Paths

/// Units and who waits for whom: an edge for every file that one makes and another reads.
package struct UnitGraph: Sendable {
    package let units: [UnitSpec]
    /// For each unit the units that make something it reads, ascending.
    package let producers: [[Int]]
    /// The inverse of `producers`.
    package let consumers: [[Int]]
    /// Indices such that each stands after its producers, otherwise in the definition's order.
    package let order: [Int]

    /// Why units do not form a graph.
    package enum Invalid: Explained, Hashable {
        case sameOutput(String, String, String)
        case outputInsideOutput(String, String)
        case circle([String])

        package var description: String { failure.text }

        package var failure: Failure {
            switch self {
            case .sameOutput(let path, let one, let other):
                Failure(
                    "same-output", "\"\(one)\" and \"\(other)\" would both write \"\(path)\"",
                    next: "give each its own output")
            case .outputInsideOutput(let inner, let outer):
                Failure(
                    "output-inside-output", "output \"\(inner)\" lies inside output \"\(outer)\"",
                    next: "give each a place of its own")
            case .circle(let names):
                Failure(
                    "unit-circle",
                    "these units read each other's outputs in a circle: "
                        + names.joined(separator: ", "),
                    next: "take one of the inputs away")
            }
        }
    }

    package init(_ units: [UnitSpec]) throws(Invalid) {
        self.units = units
        let makers = try Self.makers(units)
        var producers: [[Int]] = []
        producers.reserveCapacity(units.count)
        var consumers: [[Int]] = Array(repeating: [], count: units.count)
        for (index, unit) in units.enumerated() {
            var sources: Set<Int> = []
            for path in unit.inputs { if let maker = makers[path] { sources.insert(maker) } }
            for path in unit.mayRead { if let maker = makers[path] { sources.insert(maker) } }
            sources.remove(index)
            producers.append(sources.sorted())
            for source in sources { consumers[source].append(index) }
        }
        self.producers = producers
        self.consumers = consumers
        order = try Self.order(units, producers, consumers)
    }

    private static func makers(_ units: [UnitSpec]) throws(Invalid) -> [String: Int] {
        var makers: [String: Int] = [:]
        makers.reserveCapacity(units.count)
        for (index, unit) in units.enumerated() {
            for output in unit.outputs {
                if let other = makers.updateValue(index, forKey: output) {
                    throw .sameOutput(output, units[other].name, unit.name)
                }
            }
        }
        var checked: Set<String> = []
        for path in makers.keys {
            for folder in PathText.ancestors(path) {
                // Folders that are shared were looked at with the first path in them.
                guard checked.insert(folder).inserted else { break }
                if makers[folder] != nil {
                    throw .outputInsideOutput(path, folder)
                }
            }
        }
        return makers
    }

    /// Kahn's algorithm; a level at a time keeps the definition's order among equals.
    private static func order(
        _ units: [UnitSpec], _ producers: [[Int]], _ consumers: [[Int]]
    ) throws(Invalid) -> [Int] {
        var missing = producers.map(\.count)
        var ready = units.indices.filter { missing[$0] == 0 }
        var order: [Int] = []
        order.reserveCapacity(units.count)
        while !ready.isEmpty {
            order += ready
            var next: [Int] = []
            for unit in ready {
                for consumer in consumers[unit] {
                    missing[consumer] -= 1
                    if missing[consumer] == 0 { next.append(consumer) }
                }
            }
            ready = next.sorted()
        }
        guard order.count == units.count else {
            throw .circle(units.indices.filter { missing[$0] > 0 }.map { units[$0].name })
        }
        return order
    }
}
