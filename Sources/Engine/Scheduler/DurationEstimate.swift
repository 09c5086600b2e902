package import PipelineLedger
package import PipelineModel
import PipelinePlanning

/// How long something is likely to take, from what it took before.
package struct DurationEstimate: Sendable, Hashable {
    /// Seconds, if what only may have to be done need not be.
    package let likely: Double
    /// Seconds, if all of that has to be done.
    package let atMost: Double
    /// How many of the units have never run, so that what is typical of the others stands for them.
    package let unknown: Int

    package init(likely: Double, atMost: Double, unknown: Int = 0) {
        self.likely = likely
        self.atMost = max(likely, atMost)
        self.unknown = unknown
    }

    /// One stage after the other. Nil where not even one is known.
    package static func sum(_ parts: some Sequence<DurationEstimate?>) -> DurationEstimate? {
        let known = parts.compactMap { $0 }
        guard !known.isEmpty else { return nil }
        return DurationEstimate(
            likely: known.reduce(0) { $0 + $1.likely }, atMost: known.reduce(0) { $0 + $1.atMost },
            unknown: known.reduce(0) { $0 + $1.unknown })
    }
}

extension StagePlan {
    /// Works out how long the planned units of a stage are likely to take together.
    package mutating func estimate(_ survey: Survey, stage: Stage, ledger: LedgerReader?) throws {
        guard case .units(let content) = stage.content, !work.isEmpty, let ledger else { return }
        // What comes from the store takes next to no time.
        let names = Set(work.filter { $0.action != .restore && $0.action != .fetch }.map(\.unit))
        guard !names.isEmpty else { return }
        let units = survey.units(of: stage.name).filter {
            names.contains(survey.graph.units[$0].name)
        }
        let durations =
            names.count < 200 ? try ledger.durations(of: names) : try ledger.durations()
        let isCertain = Set(work.filter { $0.action == .run }.map(\.unit))
        let certain = units.filter { isCertain.contains(survey.graph.units[$0].name) }
        let time = { (index: Int) in durations[survey.graph.units[index].name]?.last }
        let unknown = units.count { time($0) == nil }
        guard unknown < units.count else { return }
        let measured = try ledger.sideBySide(stage: stage.name, atLeast: Self.many)
        let usual = max(1, measured ?? Double(survey.project.executors.width(content)))
        func seconds(_ some: [Int]) -> Double {
            let schedule = UnitSchedule(some, survey.graph, duration: time)
            let atOnce = min(usual, Double(max(1, some.count)))
            return max(Double(schedule.expected) / atOnce, Double(schedule.longestChain)) / 1000
        }
        expected = DurationEstimate(
            likely: certain.isEmpty ? 0 : seconds(certain), atMost: seconds(units),
            unknown: unknown)
    }

    /// So many units show how many go on side by side.
    private static let many = 20
}
