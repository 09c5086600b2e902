/// How long outputs that wait to be published wait for more.
///
/// A batch takes the same calls to the disk, however many units are in it. Where units end one soon after the other it pays to
/// collect some; where they do not, each is recorded at once, since what is not recorded is lost to a kill.
struct BatchDebounce {
    /// Units that end more often than that are collected.
    private static let soonNs = 5_000_000.0
    private static let collectNs: Int64 = 30_000_000

    private var lastNs: Int64?
    /// Between the units that ended last, nanoseconds.
    private var meanNs = Double.infinity

    /// A unit has ended.
    mutating func unitEnded(_ nowNs: Int64) {
        defer { lastNs = nowNs }
        guard let lastNs else { return }
        let interval = Double(max(0, nowNs - lastNs))
        meanNs = meanNs.isFinite ? 0.8 * meanNs + 0.2 * interval : interval
    }

    /// When a batch that begins now has waited long enough; nil if it does not wait.
    func end(_ nowNs: Int64) -> Int64? {
        meanNs < Self.soonNs ? nowNs + Self.collectNs : nil
    }
}
