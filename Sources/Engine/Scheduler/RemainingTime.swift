import PipelinePlanning

/// How long the units that are left are likely to take, from what they took before, in this run or others.
struct RemainingTime {
    private let slots: Int
    /// Milliseconds: the last time, and the longest one.
    private var times: [Int: (last: Int64, longest: Int64)] = [:]
    private var likely: Int64 = 0
    private var longest: Int64 = 0
    private var open = 0
    private var unknown = 0
    private var finishedSinceReport = 0

    init(slots: Int) { self.slots = max(1, slots) }

    mutating func begin(
        _ schedule: UnitSchedule, _ duration: (Int) -> (last: Int64, longest: Int64)?
    ) {
        for index in schedule.order {
            open += 1
            guard let known = duration(index) else {
                unknown += 1
                continue
            }
            times[index] = known
            likely += known.last
            longest += known.longest
        }
    }

    /// - Returns: whether it is worth reporting again.
    mutating func finish(_ index: Int) -> Bool {
        open -= 1
        if let known = times.removeValue(forKey: index) {
            likely -= known.last
            longest -= known.longest
        } else {
            unknown -= 1
        }
        finishedSinceReport += 1
        // A hundred times in a stage, and at its end each time.
        guard finishedSinceReport * 100 >= open else { return false }
        finishedSinceReport = 0
        return true
    }

    /// Seconds; nil where more is unknown than known: then the run's own throughput is the better estimate.
    var left: (likely: Double, atMost: Double)? {
        guard open > 0, unknown * 2 <= open else { return nil }
        let scale = Double(open) / Double(open - unknown) / 1000 / Double(min(slots, open))
        return (Double(likely) * scale, Double(longest) * scale)
    }
}
