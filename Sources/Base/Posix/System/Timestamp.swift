import Glibc

/// A moment of the wall clock, which may be set back: for people, not for measuring.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// - Parameter milliseconds: since 1970; what is beyond the year 2262 is that year's, since others' records may name any.
    package init(milliseconds: Int64) {
        let (nanoseconds, isBeyond) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.nanoseconds = isBeyond ? (milliseconds < 0 ? .min : .max) : nanoseconds
    }

    package static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Full minutes until then; negative for what is past.
    package var minutesFromNow: Int {
        Int((nanoseconds - Timestamp.now().nanoseconds) / 60_000_000_000)
    }

    /// Universal time in full seconds, rounded down: `2026-11-20T21:31:25Z` (RFC 3339).
    package var iso8601: String {
        let below: Int64 = nanoseconds % 1_000_000_000 < 0 ? 1 : 0
        var seconds = time_t(nanoseconds / 1_000_000_000 - below)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Int.init)
        return date.map(Self.padded).joined(separator: "-")
            + "T" + time.map(Self.padded).joined(separator: ":") + "Z"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// The clock that only runs forward, for durations and deadlines (clock_gettime(2)).
package enum MonotonicClock {
    /// Since some moment before the start of this process.
    package static func nanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }
}

private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
