/// How many units are submitted before there is a slot for them.
///
/// A slot that waits for its next unit to be recorded is idle. For units that end sooner than they can be recorded that
/// is most of the time, so that some are recorded as started a moment before they are; of longer units none is.
struct Lookahead {
    /// What is submitted ahead fills the slots for this long.
    private static let spanNs = 50_000_000.0
    private static let most = 64
    /// Of so many units in a row it is believed that the next ones are like them.
    private static let fewest = 20

    private let slots: Int
    /// Of the units that ended last, nanoseconds; nil before the first.
    private var meanNs: Double?
    private var count = 0

    init(slots: Int) { self.slots = slots }

    /// A unit has ended.
    mutating func ended(nanoseconds: Int64) {
        count += 1
        let new = Double(max(1, nanoseconds))
        meanNs = meanNs.map { 0.8 * $0 + 0.2 * new } ?? new
    }

    /// Beyond those that the slots take.
    var units: Int {
        guard count >= Self.fewest, let meanNs else { return 0 }
        return Int(min(Double(Self.most), Self.spanNs * Double(slots) / meanNs))
    }
}
