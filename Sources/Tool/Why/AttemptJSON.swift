import JSON
import PipelineLedger

/// An attempt for programs.
enum AttemptJSON {
    static func value(_ attempt: PastAttempt) -> JSONValue { .object(members(attempt)) }

    static func members(_ attempt: PastAttempt) -> [String: JSONValue] {
        [
            "attempt": .int(attempt.id), "unit": .string(attempt.unit),
            "stage": .string(attempt.stage), "run": .int(attempt.run),
            "outcome": .string(attempt.outcome.rawValue), "started": .time(attempt.startedMs),
            "milliseconds": .int(attempt.durationMs), "message": .string(attempt.message),
            "log": .string(attempt.log), "reasons": .array(attempt.reasons.map(reason)),
        ]
    }

    static func reason(_ reason: RecordedReason) -> JSONValue {
        .object([
            "reason": .string(reason.reason), "text": .string(reason.text),
            "component": .string(reason.component), "before": .string(reason.before),
            "after": .string(reason.after),
        ])
    }
}
