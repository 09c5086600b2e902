import Digests
import PipelineEngine
import PipelinePlanning
import Terminal

/// How many units of a stage are how, for people: `2 to run`, `1 depends on what comes before`, `330 up to date`.
enum PlanCounts {
    static func parts(_ plan: StagePlan) -> [String] {
        var parts: [String] = []
        for (action, one, many) in [
            (StagePlan.Action.run, "to run", "to run"),
            (.restore, "to restore from the store", "to restore from the store"),
            (.fetch, "to fetch from the archive", "to fetch from the archive"),
            (.maybe, "depends on what comes before", "depend on what comes before"),
            (.missing, "cannot run", "cannot run"),
        ] {
            let count = plan.work.count { $0.action == action }
            guard count > 0 else { continue }
            let detail = action == .fetch ? " (\(fetched(plan)))" : ""
            parts.append("\(Format.count(count)) \(count == 1 ? one : many)\(detail)")
        }
        if plan.upToDate > 0 { parts.append("\(Format.count(plan.upToDate)) up to date") }
        return parts
    }

    /// What is fetched, and who made it.
    private static func fetched(_ plan: StagePlan) -> String {
        let fetches = plan.work.compactMap(\.fetch)
        let contents = fetches.reduce(into: [:]) { all, fetch in
            all.merge(fetch.contents) { first, _ in first }
        }
        let authors = Set(fetches.compactMap { $0.origin?.author }).sorted()
        let spared = fetches.reduce(0) { $0 + ($1.origin?.milliseconds ?? 0) }
        let names = authors.prefix(3).map(Format.escaped).joined(separator: ", ")
        let more = authors.count > 3 ? " and \(authors.count - 3) more" : ""
        let by = authors.isEmpty ? "" : ", made by \(names)\(more)"
        let took = spared > 0 ? " in \(Format.duration(Double(spared) / 1000))" : ""
        return "\(Format.bytes(contents.values.reduce(0, +)))\(by)\(took)"
    }
}
