import Failures
import PipelineEngine
import Terminal

/// What failed in a run, with the ends of the logs, and what to do.
enum FailureText {
    static func lines(_ failures: [UnitEnd], _ text: ErrorText, limit: Int = 10) -> [String] {
        var lines: [String] = []
        for failure in failures.prefix(limit).compactMap(told) {
            lines += [""] + text.brief(failure)
        }
        lines.append("")
        if failures.count > limit {
            lines.append("… and \(Format.count(failures.count - limit)) more: pipeline logs --list")
        }
        lines.append(
            "\(Format.count(failures.count)) failed; completed units are kept: fix the errors above and "
                + "run again")
        if let typed = text.typed { lines.append("  " + text.style.cyan(typed.line)) }
        return lines
    }

    private static func told(_ end: UnitEnd) -> Failure? {
        guard case .failed(let message, let log) = end.outcome else { return nil }
        let lines = message.split(whereSeparator: \.isNewline).map(String.init)
        var failure =
            end.failure
            ?? Failure(
                "unit-raised", lines.first ?? "it failed", said: Array(lines.dropFirst()),
                at: [.unit(end.unit)])
        failure.log = log
        if failure.next == nil, failure.command == nil, log != nil {
            failure.next = "read its whole log, and fix the cause"
            failure.command = .exact(ShellWords.line(["pipeline", "logs", end.unit]))
        }
        failure.said = excerpt(failure.said, log.map { LogTail.lines(of: $0) } ?? [])
        return failure
    }

    /// What a message says and the end of a log, in their order and without a line twice: a message may be of that log.
    static func excerpt(_ said: [String], _ tail: [String]) -> [String] {
        let shown = Set(said.map(trimmed))
        let before = tail.prefix { !shown.contains(trimmed($0)) }
        return before.count == tail.count ? said + tail : before + said
    }

    private static func trimmed(_ line: String) -> Substring {
        line.drop(while: \.isWhitespace)
    }
}
