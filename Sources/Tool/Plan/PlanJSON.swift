import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import Texts

/// A plan for programs: one JSON document.
enum PlanJSON {
    static func document(_ report: PlanReport) -> String {
        JSONValue.object([
            "stages": .array(report.stages.map(stage)),
            "stale": .strings(report.stale.map(\.path)),
            "former_outputs": .strings(report.former),
            "expected": .optional(report.expected, expected),
            "paid": .array(report.paid.map(paid)),
        ]).text
    }

    private static func stage(_ plan: StagePlan) -> JSONValue {
        .object([
            "stage": .string(plan.stage), "up_to_date": .int(plan.upToDate),
            "unknown_axes": .strings(plan.unknownAxes), "notes": .strings(plan.notes),
            "work": .array(plan.work.map(item)),
            "expected": .optional(plan.expected, expected),
            "paid": .array(plan.paid.map(paid)),
            "transfer": .optional(plan.transfer) { transfer in
                .object([
                    "files": .int(transfer.files), "bytes": .int(transfer.bytes),
                    "shared": .int(transfer.shared), "kept": .int(transfer.kept),
                    "deletes": .int(transfer.deletes), "deleted": .strings(transfer.deleted),
                ])
            },
        ])
    }

    private static func item(_ item: StagePlan.Item) -> JSONValue {
        .object([
            "unit": .string(item.unit), "action": .string(item.action.rawValue),
            "reasons": .strings(item.reasons),
        ])
    }

    /// Whole milliseconds, as everywhere in JSON of this program.
    private static func expected(_ expected: DurationEstimate) -> JSONValue {
        .object([
            "likely_ms": .int(Int64(expected.likely * 1000)),
            "at_most_ms": .int(Int64(expected.atMost * 1000)),
            "never_ran": .int(expected.unknown),
        ])
    }

    private static func paid(_ paid: BillableResource) -> JSONValue {
        .object([
            "kind": .string(paid.kind.rawValue), "is_left": .bool(paid.isLeft),
            "usd_per_hour": .optional(paid.costPerHour) { .string(Dollars.text($0)) },
        ])
    }
}
