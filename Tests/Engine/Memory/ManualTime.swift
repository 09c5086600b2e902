import Posix

/// A clock that moves when somebody waits, and a hair with each look: an hour of units passes in milliseconds.
///
/// Unchecked: all of a run in memory is one thread, that of its test.
final class ManualTime: TimeSource, @unchecked Sendable {
    private var currentNs: Int64 = 1_000_000_000_000
    private var events: [(atNs: Int64, number: Int, action: () -> Void)] = []
    private var scheduled = 0

    /// The clock of the day is so far ahead of the other one.
    private static let dayNs: Int64 = 1_700_000_000_000_000_000

    func nanoseconds() -> Int64 {
        currentNs += 100
        return currentNs
    }

    func now() -> Timestamp { Timestamp(nanoseconds: Self.dayNs + nanoseconds()) }

    func pass(ms: Int64) { currentNs += ms * 1_000_000 }

    /// The action is run by the one who waits.
    func schedule(inMs: Int64, _ action: @escaping () -> Void) {
        scheduled += 1
        let event = (atNs: currentNs + inMs * 1_000_000, number: scheduled, action: action)
        // Later ones first: the next one is taken from the end.
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            let other = events[middle]
            if (other.atNs, other.number) > (event.atNs, event.number) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        events.insert(event, at: low)
    }

    /// What was to happen does not: who wanted it is gone.
    func forgetEvents() { events = [] }

    func wait(
        _ interests: [(descriptor: Int32, events: Poll.Events)], timeoutMs: Int?
    ) throws(PosixError) -> [Int] {
        let endNs = timeoutMs.map { currentNs + Int64($0) * 1_000_000 } ?? .max
        while true {
            let ready = try Poll.wait(interests, timeoutMs: 0)
            if !ready.isEmpty { return ready }
            guard let next = events.last, next.atNs <= endNs else { break }
            events.removeLast()
            currentNs = max(currentNs, next.atNs)
            next.action()
        }
        // Nobody would ever wake this one.
        guard timeoutMs != nil else { throw PosixError(call: "wait", path: nil, code: 35) }
        currentNs = max(currentNs, endNs)
        return []
    }
}
