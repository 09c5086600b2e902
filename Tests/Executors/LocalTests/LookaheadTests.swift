import Testing

@testable import LocalExecution

struct LookaheadTests {
    private func units(slots: Int, after count: Int, milliseconds: Int64) -> Int {
        var lookahead = Lookahead(slots: slots)
        for _ in 0..<count { lookahead.ended(nanoseconds: milliseconds * 1_000_000) }
        return lookahead.units
    }

    @Test("before many units have ended, and of units that take long, none is handed over early")
    func none() {
        #expect(units(slots: 2, after: 0, milliseconds: 1) == 0)
        #expect(units(slots: 2, after: 19, milliseconds: 1) == 0)
        #expect(units(slots: 2, after: 50, milliseconds: 101) == 0)
        #expect(units(slots: 8, after: 50, milliseconds: 3_600_000) == 0)
    }

    @Test("it fills the slots for a twentieth of a second, and is never much")
    func span() {
        #expect(units(slots: 2, after: 20, milliseconds: 10) == 10)
        #expect(units(slots: 2, after: 20, milliseconds: 50) == 2)
        #expect(units(slots: 32, after: 20, milliseconds: 1) == 64)
        #expect(units(slots: 2, after: 20, milliseconds: 0) == 64)
    }

    @Test("the units that ended last count")
    func recent() {
        var lookahead = Lookahead(slots: 2)
        for _ in 0..<40 { lookahead.ended(nanoseconds: 1_000_000) }
        #expect(lookahead.units == 64)
        for _ in 0..<40 { lookahead.ended(nanoseconds: 10_000_000_000) }
        #expect(lookahead.units == 0)
    }
}
