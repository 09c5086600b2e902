import PipelineEngine
import PipelineModel

/// A plan for programs: one JSON document.
enum PlanJSON {
    static func document(_ plans: [StagePlan], stale: [StaleOutput]) -> String {
        CanonicalJSON.object([
            (key: "stages", value: CanonicalJSON.array(plans.map(stage))),
            (key: "stale", value: CanonicalJSON.array(stale.map { CanonicalJSON.string($0.path) })),
        ])
    }

    private static func stage(_ plan: StagePlan) -> String {
        CanonicalJSON.object([
            (key: "stage", value: CanonicalJSON.string(plan.stage)),
            (key: "up_to_date", value: String(plan.upToDate)),
            (
                key: "unknown_axes",
                value: CanonicalJSON.array(plan.unknownAxes.map(CanonicalJSON.string))
            ),
            (key: "notes", value: CanonicalJSON.array(plan.notes.map(CanonicalJSON.string))),
            (key: "work", value: CanonicalJSON.array(plan.work.map(item))),
        ])
    }

    private static func item(_ item: StagePlan.Item) -> String {
        CanonicalJSON.object([
            (key: "unit", value: CanonicalJSON.string(item.unit)),
            (key: "action", value: CanonicalJSON.string(item.action.rawValue)),
            (key: "reasons", value: CanonicalJSON.array(item.reasons.map(CanonicalJSON.string))),
        ])
    }
}
