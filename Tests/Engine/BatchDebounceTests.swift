import Testing

@testable import PipelineEngine

struct BatchDebounceTests {
    private func debounce(everyMs interval: Int64, count: Int64) -> BatchDebounce {
        var debounce = BatchDebounce()
        for number in 0..<count { debounce.unitEnded(number * interval * 1_000_000) }
        return debounce
    }

    @Test("a unit that ends alone is published at once")
    func alone() {
        #expect(debounce(everyMs: 1, count: 0).end(0) == nil)
        #expect(debounce(everyMs: 1, count: 1).end(0) == nil)
        #expect(debounce(everyMs: 20, count: 100).end(0) == nil)
    }

    @Test("units that end one soon after the other are collected for a moment")
    func collected() {
        #expect(debounce(everyMs: 1, count: 100).end(7) == 30_000_007)
    }

    @Test("the units that ended last count")
    func recent() {
        var debounce = debounce(everyMs: 1, count: 100)
        for number in 1...20 as ClosedRange<Int64> { debounce.unitEnded(1_000_000_000 * number) }
        #expect(debounce.end(0) == nil)
    }
}
