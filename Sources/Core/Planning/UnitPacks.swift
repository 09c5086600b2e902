/// Which units go together into one task of a cluster: enough work that the cost of scheduling a task is small, and
/// enough tasks that all that run at once have work. Pure.
package enum UnitPacks {
    /// Units in one task, where nobody knows how long any takes.
    package static let most = 500
    /// Tasks for each that runs at once: more would end at closer times, and each costs a start.
    private static let share = 2
    /// Units of which tasks take about as long as one another, whatever each of them takes: then one for each that runs
    /// at once is enough.
    private static let many = 100
    /// Tasks that run at once, where nobody says.
    package static let usualTasks = 16

    /// - Parameters:
    ///   - units: in the order in which they are to start.
    ///   - seconds: what a task is to hold.
    ///   - tasks: how many run at once; nil if nobody says.
    ///   - duration: milliseconds that a unit is likely to take; nil where nobody knows.
    /// - Returns: the units of each task. The first units are spread over the first tasks, so that the order holds
    ///   for the cluster as a whole.
    package static func packs<Unit>(
        _ units: [Unit], seconds: Double, tasks: Int?, duration: (Unit) -> Int64?
    ) -> [[Unit]] {
        guard !units.isEmpty else { return [] }
        let known = units.map(duration)
        let told = known.compactMap { $0 }
        let atOnce = tasks ?? usualTasks
        let count: Int
        if told.isEmpty {
            let tasks = units.count / atOnce < many ? atOnce * share : atOnce
            count = max(tasks, (units.count + most - 1) / most)
        } else {
            let typical = told.sorted()[told.count / 2]
            let total = known.reduce(0.0) { $0 + Double($1 ?? typical) } / 1000
            count = max(1, Int((total / max(seconds, 0.001)).rounded(.up)))
        }
        var packs = Array(repeating: [Unit](), count: min(units.count, count))
        var filled = packs.map { _ in Int64(0) }
        let group = min(packs.count, max(1, atOnce))
        // Group after group of those that run at once; in a group, to the one who has least.
        let perGroup = (units.count + packs.count - 1) / packs.count * group
        for (position, unit) in units.enumerated() {
            let start = min(position / perGroup * group, packs.count - 1)
            let end = min(start + group, packs.count)
            let least = (start..<end).min { filled[$0] < filled[$1] } ?? start
            packs[least].append(unit)
            filled[least] += max(1, known[position] ?? 1)
        }
        return packs.filter { !$0.isEmpty }
    }
}
