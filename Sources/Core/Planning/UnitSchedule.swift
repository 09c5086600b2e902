import PipelineModel

/// In which order units that may start do: what is wanted first, then what the longest chain of work depends on, so
/// that no processor is idle at the end while one long unit runs. Pure.
package struct UnitSchedule: Sendable {
    /// Indices of units, what is to start first at the front.
    package let order: [Int]
    /// The place in `order`, by index.
    package let rank: [Int: Int]
    /// Milliseconds that all of it is likely to take one after the other.
    package let expected: Int64
    /// Milliseconds of the longest chain.
    package let longestChain: Int64

    /// - Parameters:
    ///   - units: indices that are to be run.
    ///   - duration: milliseconds that a unit is likely to take; nil where nobody knows.
    package init(_ units: [Int], _ graph: UnitGraph, duration: (Int) -> Int64?) {
        let wanted = Set(units)
        var priority: [Int: Int] = [:]
        var chain: [Int: Int64] = [:]
        let known = Dictionary(units.map { ($0, duration($0)) }) { $1 }
        let typical = Self.median(known.values.compactMap { $0 }) ?? 1
        // Consumers first: what they need is as urgent as they are.
        for index in graph.order.reversed() where wanted.contains(index) {
            let after = graph.consumers[index].filter { wanted.contains($0) }
            priority[index] = after.reduce(graph.units[index].limits.priority) {
                max($0, priority[$1] ?? $0)
            }
            let own = (known[index] ?? nil) ?? typical
            chain[index] = own + (after.compactMap { chain[$0] }.max() ?? 0)
        }
        var place: [Int: Int] = [:]
        for (position, index) in graph.order.enumerated() where wanted.contains(index) {
            place[index] = position
        }
        order = units.sorted { one, other in
            let (first, second) = (priority[one] ?? 0, priority[other] ?? 0)
            if first != second { return first > second }
            let (long, longer) = (chain[one] ?? 0, chain[other] ?? 0)
            if long != longer { return long > longer }
            return (place[one] ?? 0) < (place[other] ?? 0)
        }
        rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        expected = units.reduce(0) { $0 + ((known[$1] ?? nil) ?? typical) }
        longestChain = chain.values.max() ?? 0
    }

    private static func median(_ values: [Int64]) -> Int64? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
