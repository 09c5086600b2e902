import PipelinePlanning
import Testing

struct UnitPacksTests {
    private func packs(
        _ units: Int, seconds: Double = 60, tasks: Int? = nil,
        duration: (Int) -> Int64? = { _ in nil }
    ) -> [[Int]] {
        UnitPacks.packs(Array(0..<units), seconds: seconds, tasks: tasks, duration: duration)
    }

    @Test("every unit is in one task", arguments: [0, 1, 2, 31, 1000, 12_345])
    func all(units: Int) {
        for duration in [nil, 1, 90_000] as [Int64?] {
            let found = packs(units, tasks: 8, duration: { _ in duration })
            #expect(found.flatMap { $0 }.sorted() == Array(0..<units))
            #expect(found.allSatisfy { !$0.isEmpty })
        }
    }

    @Test(
        "of unknown units there are two tasks for each that runs at once, or one of many, or more of very many"
    )
    func unknown() {
        #expect(packs(64, tasks: 8).count == 16)
        #expect(packs(5, tasks: 8).count == 5)
        #expect(packs(10_000, tasks: 32).count == 32)
        #expect(packs(10_000, tasks: 8).count == 20)
        #expect(packs(10_000, tasks: 8).allSatisfy { $0.count <= UnitPacks.most })
        #expect(packs(320).count == 2 * UnitPacks.usualTasks)
    }

    @Test("of known units a task holds as many as take the seconds that were asked for")
    func known() {
        #expect(
            packs(100, seconds: 10, duration: { _ in 1000 }).map(\.count).allSatisfy { $0 == 10 })
        // What is not known is taken to be like the others.
        #expect(packs(100, seconds: 10, duration: { $0 % 2 == 0 ? 1000 : nil }).count == 10)
    }

    @Test("what is to start first is spread over the tasks that start first")
    func order() {
        let found = packs(64, tasks: 4)
        #expect(found.prefix(4).map { $0[0] }.sorted() == [0, 1, 2, 3])
        #expect(found.prefix(4).flatMap { $0 }.sorted() == Array(0..<32))
    }

    @Test("of tasks that run at once none gets all the long units")
    func balanced() {
        let found = packs(
            40, seconds: 55, tasks: 4, duration: { $0 < 4 ? 10_000 : 5000 })
        let sums = found.map { pack in pack.reduce(0) { $0 + ($1 < 4 ? 10 : 5) } }
        #expect(found.prefix(4).allSatisfy { pack in pack.count { $0 < 4 } == 1 })
        #expect((sums.max() ?? 0) - (sums.min() ?? 0) <= 10)
    }
}
