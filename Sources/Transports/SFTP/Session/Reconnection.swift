import Posix

/// When to try again after a lost connection, and when not.
struct Reconnection {
    enum StepStatus { case again, fewer, giveUp }

    private var wasEverReady = false
    private(set) var failures = 0
    private var lossesWithoutProgress = 0
    private var earliest: Int64 = 0
    private var lastProgress = MonotonicClock.nanoseconds()

    // A server that breaks at the same place each time is not tried for ever, however quickly it answers.
    private static let mostLosses = 20

    /// Work begins: time that passed before does not count.
    mutating func begin() {
        lastProgress = MonotonicClock.nanoseconds()
        lossesWithoutProgress = 0
    }

    /// A session is up.
    mutating func connected() {
        wasEverReady = true
        failures = 0
    }

    /// Something was done that need not be done again.
    mutating func progressed() {
        lastProgress = MonotonicClock.nanoseconds()
        lossesWithoutProgress = 0
    }

    /// A first connection that fails says that the settings are wrong, and is not tried again; one more
    /// than the server allows is done without; one that worked comes back.
    mutating func lost(wasReady: Bool, others: Int) -> StepStatus {
        lossesWithoutProgress += 1
        if lossesWithoutProgress > Self.mostLosses { return .giveUp }
        if !wasReady {
            if others > 0 { return .fewer }
            if !wasEverReady { return .giveUp }
            failures += 1
        }
        // At once the first time, then after 0.5, 1, 2 … 15 s.
        let pause = failures == 0 ? 0 : min(0.5 * Double(1 << min(failures - 1, 6)), 15)
        earliest = MonotonicClock.nanoseconds() + Int64(pause * Double.random(in: 0.5...1) * 1e9)
        return .again
    }

    var mayTry: Bool { MonotonicClock.nanoseconds() >= earliest }

    /// Milliseconds until it may be tried; nil when it may now.
    var waitMs: Int? {
        let left = earliest - MonotonicClock.nanoseconds()
        return left > 0 ? Int(left / 1_000_000) + 1 : nil
    }

    func isOverdue(_ seconds: Double) -> Bool {
        Double(MonotonicClock.nanoseconds() - lastProgress) / 1e9 > seconds
    }
}
