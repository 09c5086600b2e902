import Posix
import Testing

@Suite struct HostTests {
    @Test func knowsItself() {
        #expect(!Host.name.isEmpty)
        #expect(Host.bootID().count == 36)
        #expect(Host.bootID() == Host.bootID())
        #expect(Host.processorCount >= 1)
        #expect(Host.processStart(Host.processID) == Host.processStart(Host.processID))
        #expect(Host.processStart(Host.processID) != nil)
        #expect(Host.processStart(0) == nil)
    }

    @Test func knowsItsEnvironment() throws {
        let path = try #require(Environment.value("PATH"))
        #expect(Environment.all["PATH"] == path)
        #expect(Environment.value("NO_SUCH_VARIABLE_HERE") == nil)
    }

    @Test func doesNotFindItselfByItsEnvironment() throws {
        let (name, value) = try #require(Environment.all.first)
        #expect(!Host.processes(withEnvironment: "\(name)=\(value)").contains(Host.processID))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
            (1_795_210_285_999_999_999, "2026-11-20T21:31:25Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        ] as [(Int64, String)])
    func writesTimestamps(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).iso8601 == text)
    }

    @Test func clocksRunForward() {
        let start = MonotonicClock.nanoseconds()
        #expect(MonotonicClock.nanoseconds() >= start)
        #expect(Timestamp.now() > Timestamp(nanoseconds: 1_700_000_000_000_000_000))
        #expect(Timestamp(milliseconds: 1_700_000_000_123).nanoseconds == 1_700_000_000_123_000_000)
        // Of a record that somebody forged.
        #expect(Timestamp(milliseconds: 1 << 44).iso8601.hasPrefix("2262-"))
    }
}
