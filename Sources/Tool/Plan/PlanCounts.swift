import PipelineEngine
import Terminal

/// How many units of a stage are how, for people: `2 to run`, `1 depends on what comes before`, `330 up to date`.
enum PlanCounts {
    static func parts(_ plan: StagePlan) -> [String] {
        var parts: [String] = []
        for (action, one, many) in [
            (StagePlan.Action.run, "to run", "to run"),
            (.restore, "to restore from the store", "to restore from the store"),
            (.maybe, "depends on what comes before", "depend on what comes before"),
            (.missing, "cannot run", "cannot run"),
        ] {
            let count = plan.work.count { $0.action == action }
            if count > 0 { parts.append("\(Format.count(count)) \(count == 1 ? one : many)") }
        }
        if plan.upToDate > 0 { parts.append("\(Format.count(plan.upToDate)) up to date") }
        return parts
    }
}
