import Testing

@testable import PipelineEngine

struct BatchPatienceTests {
    private func patience(everyMs interval: Int64, count: Int64) -> BatchDebounce {
        var patience = BatchDebounce()
        for number in 0..<count { patience.came(number * interval * 1_000_000) }
        return patience
    }

    @Test("a unit that ends alone is published at once")
    func alone() {
        #expect(patience(everyMs: 1, count: 0).end(0) == nil)
        #expect(patience(everyMs: 1, count: 1).end(0) == nil)
        #expect(patience(everyMs: 20, count: 100).end(0) == nil)
    }

    @Test("units that end one soon after the other are collected for a moment")
    func collected() {
        #expect(patience(everyMs: 1, count: 100).end(7) == 30_000_007)
    }

    @Test("the units that ended last count")
    func recent() {
        var patience = patience(everyMs: 1, count: 100)
        for number in 1...20 as ClosedRange<Int64> { patience.came(1_000_000_000 * number) }
        #expect(patience.end(0) == nil)
    }
}
