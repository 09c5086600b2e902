import Digests
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelinePlanning

/// What `why` tells, for programs: one JSON document.
enum WhyJSON {
    static func unit(_ report: UnitReport) -> JSONValue {
        var members = decision(report.decision)
        members["subject"] = .string("unit")
        members["unit"] = .string(report.unit)
        members["restorable"] = .bool(report.isRestorable)
        members["causes"] = .array(
            report.causes.map {
                .object(["unit": .string($0.unit), "reason": .string($0.reason)])
            })
        members["last_success"] = .optional(report.lastSuccess, made)
        members["last_failure"] = .optional(report.lastFailure, AttemptJSON.value)
        return .object(members)
    }

    static func group(_ name: String, _ units: [Int], _ survey: Survey) -> JSONValue {
        .object([
            "subject": .string("group"), "name": .string(name),
            "units": .array(
                units.map { index in
                    var members = decision(survey.decisions[index])
                    members["unit"] = .string(survey.graph.units[index].name)
                    return .object(members)
                }),
        ])
    }

    static func step(_ report: StepReport) -> JSONValue {
        let plan = report.entry.plan
        return .object([
            "subject": .string("stage"), "stage": .string(plan.stage),
            "has_work": .bool(!plan.isUpToDate), "problem": .string(report.entry.problem),
            "reasons": .strings(plan.work.flatMap(\.reasons)),
            "attempts": .array(report.attempts.map(AttemptJSON.value)),
        ])
    }

    private static func decision(_ decision: Decision) -> [String: JSONValue] {
        var (word, waits, missing) = ("up-to-date", [String](), [String]())
        var unreadable: [String] = []
        switch decision {
        case .upToDate: break
        case .run: word = "run"
        case .restoreOrRun: word = "restore-or-run"
        case .waits(let producers): (word, waits) = ("waits", producers)
        case .missingInputs(let paths): (word, missing) = ("missing-inputs", paths)
        case .unreadable(let failures):
            word = "unreadable"
            unreadable = failures.map(\.headline)
        }
        return [
            "decision": .string(word), "waits_for": .strings(waits),
            "missing_inputs": .strings(missing), "unreadable": .strings(unreadable),
            "reasons": .array(decision.reasons.map(reason)),
        ]
    }

    private static func reason(_ reason: Reason) -> JSONValue {
        AttemptJSON.reason(
            RecordedReason(
                reason: reason.word, text: reason.text, component: reason.change?.name,
                before: reason.change?.before, after: reason.change?.after))
    }

    private static func made(_ made: UnitReport.Made) -> JSONValue {
        var members = AttemptJSON.members(made.attempt)
        members["recipe"] = components(made.components.recipe)
        members["inputs"] = components(made.components.inputs)
        members["code"] = components(made.components.code)
        members["reads"] = components(made.components.reads)
        members["outputs"] = .array(
            made.outputs.map { output in
                .object([
                    "path": .string(output.path), "sha256": .string(output.digest.hex),
                    "bytes": .int(output.size),
                ])
            })
        return .object(members)
    }

    private static func components(_ set: ComponentSet) -> JSONValue {
        .object(
            Dictionary(set.entries.map { ($0.name, .string($0.value)) }) { first, _ in first })
    }
}
