import PipelineModel
import Testing

@testable import PipelinePlanning

@Suite("In which order units start")
struct UnitScheduleTests {
    /// `a` is read by `b`; `c`, `d` and `e` stand alone.
    private func graph(priority: [String: Int] = [:]) throws -> UnitGraph {
        func unit(_ name: String, _ inputs: [String] = []) -> UnitSpec {
            UnitSpec(
                name: "s/\(name)", stage: "s", template: name, kind: .command([]), parameters: [:],
                inputs: inputs, mayRead: [], outputs: [name], recipe: .empty, declaredCode: [],
                limits: UnitLimits(
                    check: nil, timeout: nil, retries: 0, memory: nil,
                    priority: priority[name] ?? 0))
        }
        return try UnitGraph([unit("a"), unit("b", ["a"]), unit("c"), unit("d"), unit("e")])
    }

    private func order(
        _ graph: UnitGraph, _ durations: [String: Int64]
    ) -> [String] {
        UnitSchedule(Array(0..<5), graph) { index in
            durations[String(graph.units[index].name.dropFirst(2))]
        }.order.map { String(graph.units[$0].name.dropFirst(2)) }
    }

    @Test("without any knowledge the longest chain comes first, then the definition's order")
    func unknown() throws {
        #expect(try order(graph(), [:]) == ["a", "c", "d", "e", "b"])
    }

    @Test("the longest first, a chain counting as a whole, what is unknown as the median")
    func longest() throws {
        #expect(
            try order(graph(), ["a": 1, "b": 50, "c": 100, "d": 20, "e": 60])
                == ["c", "e", "a", "b", "d"])
        #expect(
            try order(graph(), ["a": 1, "b": 1, "c": 100, "d": 20]) == ["c", "d", "e", "a", "b"])
    }

    @Test("priority comes before length, and what is needed is as urgent as who needs it")
    func priority() throws {
        let wanted = try graph(priority: ["b": 5, "d": 1])
        #expect(
            order(wanted, ["a": 1, "b": 1, "c": 100, "d": 1, "e": 60]) == ["a", "b", "d", "c", "e"])
    }

    @Test("how long it takes: all of it, and the longest chain")
    func expected() throws {
        let graph = try graph()
        let schedule = UnitSchedule(Array(0..<5), graph) { [10, 20, 5, 5, 5][$0] }
        #expect(schedule.expected == 45)
        #expect(schedule.longestChain == 30)
    }
}
