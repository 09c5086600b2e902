/// Sees that data is on its way and next to nothing of it arrives. Pure: the clock is an argument.
///
/// ProFTPD, for one, goes on at some hundred bytes a second when a connection carries several sessions.
struct StallWatch {
    /// Seconds in which nearly nothing arrives, with several sessions; with one, three times as many.
    let seconds: Double
    /// Bytes that must move in this time for it to be no stall.
    let least: Int64

    private var since: Int64?
    private var bytes: Int64 = 0

    init(seconds: Double, bandwidth: Int64? = nil) {
        self.seconds = seconds
        // Held back by our own limit it is no stall.
        least = min(65_536, bandwidth.map { Int64(Double($0) * seconds / 4) } ?? 65_536)
    }

    /// - Parameters:
    ///   - moved: bytes that left here and that were answered so far, in all. On a slow line it is long
    ///     before the first answers come, but data leaves.
    ///   - isWaiting: whether any data is on its way.
    /// - Returns: whether it stalls; then the watch starts over.
    mutating func isStalled(
        moved: Int64, isWaiting: Bool, sessions: Int, now: Int64
    ) -> Bool {
        guard isWaiting, let start = since else {
            restart(moved, now)
            if !isWaiting { since = nil }
            return false
        }
        guard moved - bytes < (sessions > 1 ? least : 1) else {
            restart(moved, now)
            return false
        }
        guard Double(now - start) / 1e9 >= (sessions > 1 ? seconds : 3 * seconds) else {
            return false
        }
        restart(moved, now)
        return true
    }

    private mutating func restart(_ moved: Int64, _ now: Int64) {
        since = now
        bytes = moved
    }
}
