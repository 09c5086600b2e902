/// Holds bytes back so that no more than so many a second leave (a token bucket). Pure.
struct RateLimit: Hashable, Sendable {
    /// Bytes a second.
    let rate: Double
    private var tokens: Double
    private var last: Int64

    init(rate: Int64, now: Int64) {
        self.rate = Double(max(rate, 1))
        tokens = 0
        last = now
    }

    /// Whether something may leave now. It may overdraw: what follows waits the longer.
    mutating func mayLeave(now: Int64) -> Bool {
        // What was not used for more than a tenth of a second is lost, or a pause would end in a burst.
        tokens = min(tokens + Double(now - last) / 1e9 * rate, rate / 10)
        last = now
        return tokens >= 0
    }

    mutating func leave(_ bytes: Int) { tokens -= Double(bytes) }

    /// Milliseconds until something may leave.
    var waitMs: Int { tokens >= 0 ? 0 : Int(-tokens / rate * 1000) + 1 }
}
