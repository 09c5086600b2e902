import Testing

@testable import PipelineEngine

struct LookaheadTests {
    private func units(slots: Int, _ milliseconds: Int64...) -> Int {
        var lookahead = Lookahead(slots: slots)
        for duration in milliseconds { lookahead.heard(nanoseconds: duration * 1_000_000) }
        return lookahead.units
    }

    @Test("before any unit has ended, and of units that take long, none is handed over early")
    func none() {
        #expect(units(slots: 2) == 0)
        #expect(units(slots: 2, 101) == 0)
        #expect(units(slots: 8, 3_600_000) == 0)
    }

    @Test(
        "what is handed over early fills the slots for a twentieth of a second, and is never many")
    func span() {
        #expect(units(slots: 2, 10) == 10)
        #expect(units(slots: 2, 50) == 2)
        #expect(units(slots: 32, 1) == 64)
        #expect(units(slots: 2, 0) == 64)
    }

    @Test("the units that ended last count")
    func recent() {
        var lookahead = Lookahead(slots: 2)
        for _ in 0..<40 { lookahead.heard(nanoseconds: 1_000_000) }
        #expect(lookahead.units == 64)
        for _ in 0..<40 { lookahead.heard(nanoseconds: 10_000_000_000) }
        #expect(lookahead.units == 0)
    }
}
