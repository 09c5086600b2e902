import PipelineLedger
import Terminal

/// Why units ran in a run of the past, for people: what had changed, before and after.
enum WhyRunText {
    /// - Parameters:
    ///   - attempts: of that run, newest first.
    ///   - earlier: the newest attempt before that run, for what was not attempted in it.
    static func lines(
        _ name: String, run: RunRecord, _ attempts: [PastAttempt], earlier: PastAttempt?,
        style: Style, limit: Int
    ) -> [String] {
        var lines = [
            style.bold(Format.escaped(name))
                + " in run \(run.id), \(RecordedTime.iso8601(run.startedMs)): "
                + Format.escaped(run.command)
        ]
        guard !attempts.isEmpty else {
            lines.append("not attempted: it was up to date, not meant, or not reached")
            if let earlier {
                lines.append(
                    "the last attempt before that: run \(earlier.run), \(earlier.outcome.rawValue)")
            }
            return lines
        }
        if attempts.count > limit || attempts.count > 5 {
            return lines + summary(attempts, style, limit)
        }
        for attempt in attempts { lines += self.attempt(attempt, style, limit) }
        return lines
    }

    private static func attempt(
        _ attempt: PastAttempt, _ style: Style, _ limit: Int
    ) -> [String] {
        let took = attempt.durationMs.map { " in \(Format.duration(Double($0) / 1000))" } ?? ""
        var lines = ["\(Format.escaped(attempt.unit)): \(attempt.outcome.rawValue)\(took)"]
        if let message = attempt.message {
            lines.append("  " + Format.escaped(String(message.prefix { !$0.isNewline })))
        }
        lines += attempt.reasons.prefix(limit).map { "  " + reason($0, style) }
        return lines + ProvenanceText.rest(attempt.reasons.count, limit)
    }

    private static func reason(_ reason: RecordedReason, _ style: Style) -> String {
        guard let component = reason.component else {
            return Format.escaped(ShortDigest.shortened(reason.text))
        }
        let kind =
            switch reason.reason {
            case "code-changed": "code "
            case "input-changed": "input "
            default: ""
            }
        let value = { (text: String?) in
            Format.escaped(text.map(ShortDigest.shortened) ?? "none")
        }
        return kind + Format.escaped(component) + "  " + value(reason.before)
            + style.dim(" -> ") + value(reason.after)
    }

    private static func summary(
        _ attempts: [PastAttempt], _ style: Style, _ limit: Int
    ) -> [String] {
        var outcomes: [String: Int] = [:]
        var reasons: [String: Int] = [:]
        for attempt in attempts {
            outcomes[attempt.outcome.rawValue, default: 0] += 1
            for text in Set(attempt.reasons.map { ShortDigest.shortened($0.text) }) {
                reasons[text, default: 0] += 1
            }
        }
        let told = outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(Format.count($0.value)) \($0.key)" }
        var table = Table([.init("", .right), .init("")])
        let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (text, count) in sorted.prefix(limit) {
            table.add(["  " + Format.count(count), Format.escaped(text)])
        }
        return [told.joined(separator: ", ")] + table.render()
            + ProvenanceText.rest(sorted.count, limit)
            + ["units"] + attempts.prefix(limit).map { "  " + Format.escaped($0.unit) }
            + ProvenanceText.rest(attempts.count, limit)
    }
}
