/// How many bytes may be on their way unanswered: found by trying, in the manner of TCP's slow start.
///
/// The window doubles for as long as a larger one moves more bytes a second, and is taken back by a
/// quarter when it only made answers slower. Pure: the clock is an argument.
struct WindowControl: Hashable, Sendable {
    static let smallest = 512 << 10
    static let largest = 16 << 20

    /// Bytes.
    private(set) var window = 2 << 20
    /// Bytes a second in the best round so far.
    private var bestRate = 0.0
    private var roundStart: Int64?
    private var roundBytes = 0
    private var shortestRound = Double.infinity
    private var isProbing = true
    private var quietRounds = 0

    /// So many bytes were acknowledged at `now` (nanoseconds of a clock that only runs forward).
    mutating func acknowledge(_ bytes: Int, now: Int64) {
        guard let start = roundStart else {
            roundStart = now
            return
        }
        roundBytes += bytes
        // A round is a window's worth of answers: what is measured is what this window does.
        guard roundBytes >= window else { return }
        let seconds = max(Double(now - start) / 1e9, 1e-6)
        end(rate: Double(roundBytes) / seconds, seconds: seconds)
        roundStart = now
        roundBytes = 0
    }

    /// Nothing was left to send: what follows is no measure of the window.
    mutating func pause() {
        roundStart = nil
        roundBytes = 0
    }

    private mutating func end(rate: Double, seconds: Double) {
        shortestRound = min(shortestRound, seconds)
        if rate > bestRate * 1.1 {
            bestRate = rate
            quietRounds = 0
            if isProbing { window = min(window * 2, Self.largest) }
            return
        }
        quietRounds += 1
        if isProbing, quietRounds >= 2 {
            // The last doubling gained nothing; its bytes only wait in a queue.
            window = max(window * 3 / 4, Self.smallest)
            isProbing = false
            quietRounds = 0
        } else if !isProbing, quietRounds >= 64 {
            // Roads change: try again from time to time.
            isProbing = true
            bestRate = rate
            quietRounds = 0
        }
    }
}
