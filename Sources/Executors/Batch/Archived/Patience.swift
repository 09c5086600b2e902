/// How long one that does not answer is asked again: counted from the first question without an answer, since one that is answered
/// can take long.
struct Patience {
    let seconds: Double
    private var endNs: Int64?

    init(seconds: Double) { self.seconds = seconds }

    /// - Parameter nowNs: when a question had no answer, on the monotonic clock.
    mutating func isOver(atNs nowNs: Int64) -> Bool {
        let end = endNs ?? nowNs + Int64(seconds * 1e9)
        endNs = end
        return nowNs >= end
    }
}
