/// Time, and waiting for descriptors: the system's, or in tests a clock that moves only when somebody waits.
package protocol TimeSource: Sendable {
    /// Of a clock that only goes forward.
    func nanoseconds() -> Int64

    /// Of the clock of the day.
    func now() -> Timestamp

    /// As `Poll.wait`.
    func wait(
        _ interests: [(descriptor: Int32, events: Poll.Events)], timeoutMs: Int?
    ) throws(PosixError) -> [Int]
}

extension TimeSource {
    package func wait(
        _ interests: [(descriptor: Int32, events: Poll.Events)]
    ) throws(PosixError) -> [Int] {
        try wait(interests, timeoutMs: nil)
    }
}

/// The system's clocks.
package struct SystemTime: TimeSource {
    package init() {}
    package func nanoseconds() -> Int64 { MonotonicClock.nanoseconds() }
    package func now() -> Timestamp { Timestamp.now() }

    package func wait(
        _ interests: [(descriptor: Int32, events: Poll.Events)], timeoutMs: Int?
    ) throws(PosixError) -> [Int] {
        try Poll.wait(interests, timeoutMs: timeoutMs)
    }
}
