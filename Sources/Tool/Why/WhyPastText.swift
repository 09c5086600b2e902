import PipelineLedger
import Terminal

/// Past attempts for people, newest first.
enum WhyPastText {
    static func lines(_ attempts: [PastAttempt], style: Style, width: Int?) -> [String] {
        guard !attempts.isEmpty else { return ["it has never been attempted"] }
        let isOneUnit = Set(attempts.map(\.unit)).count == 1
        var lines = isOneUnit ? [style.bold(Format.escaped(attempts[0].unit))] : []
        var table = Table(
            (isOneUnit ? [] : [.init("UNIT")]) + [
                .init("RUN", .right), .init("STARTED"), .init("OUTCOME"), .init("TOOK", .right),
                .init("WHY"),
            ])
        for attempt in attempts {
            table.add((isOneUnit ? [] : [Format.escaped(attempt.unit)]) + row(attempt, style))
        }
        lines += table.render(width: width, style: style)
        return lines
    }

    private static func row(_ attempt: PastAttempt, _ style: Style) -> [String] {
        let outcome = attempt.outcome.rawValue
        let shown =
            switch attempt.outcome {
            case .done, .restored, .fetched: style.green(outcome)
            case .failed: style.red(outcome)
            case .interrupted, .running: style.yellow(outcome)
            }
        let why = attempt.reasons.map { ShortDigest.shortened($0.text) }.joined(separator: "; ")
        return [
            String(attempt.run), RecordedTime.iso8601(attempt.startedMs), shown,
            attempt.durationMs.map { Format.duration(Double($0) / 1000) } ?? "",
            Format.escaped(why),
        ]
    }
}
