/// The decisions about all units of a graph, in one pass from inputs to outputs. Pure.
package enum UnitPlanner {
    /// - Returns: a decision for each unit, by its index in the graph.
    package static func plan(
        _ graph: UnitGraph, checker: UpToDateChecker, memory: [String: UnitMemory],
        force: (String) -> Bool = { _ in false }
    ) -> [Decision] {
        var decisions = [Decision](repeating: .upToDate, count: graph.units.count)
        for index in graph.order {
            decisions[index] = decide(
                index, graph, checker: checker, memory: memory, force: force, decisions)
        }
        return decisions
    }

    /// The decision about one unit, from those about its producers.
    package static func decide(
        _ index: Int, _ graph: UnitGraph, checker: UpToDateChecker, memory: [String: UnitMemory],
        force: (String) -> Bool, _ decisions: [Decision]
    ) -> Decision {
        let unit = graph.units[index]
        let own = decide(unit, checker, memory[unit.name], force(unit.name))
        let unsettled = graph.producers[index].filter { !decisions[$0].isUpToDate }
        return combine(
            own, unit, memory[unit.name], waitingFor: unsettled.map { graph.units[$0] })
    }

    private static func decide(
        _ unit: UnitSpec, _ checker: UpToDateChecker, _ memory: UnitMemory?, _ force: Bool
    ) -> Decision {
        let decision = checker.decide(unit, memory: memory)
        guard force else { return decision }
        switch decision {
        case .missingInputs, .unreadable: return decision
        default: return .run([.forced])
        }
    }

    /// A unit whose producers are not settled can only be decided about once they are, unless
    /// something of its own makes it run in any case.
    private static func combine(
        _ own: Decision, _ unit: UnitSpec, _ memory: UnitMemory?, waitingFor producers: [UnitSpec]
    ) -> Decision {
        guard !producers.isEmpty else { return own }
        switch own {
        case .upToDate: return .waits(on: producers.map(\.name))
        case .missingInputs(let paths):
            let made = Set(producers.flatMap(\.outputs))
            let missing = paths.filter { !made.contains($0) }
            guard missing.isEmpty else { return .missingInputs(missing) }
            // What comes first makes its inputs again, and perhaps as they were.
            if memory?.success != nil { return .waits(on: producers.map(\.name)) }
            return .run([UpToDateChecker.firstReason(memory)])
        default: return own
        }
    }
}
