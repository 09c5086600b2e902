import Failures
import Posix
import Terminal

/// The one shape in which people see what went wrong: what, where, why, who said so, the log, and what to do next.
struct ErrorText {
    let style: Style
    /// What was typed; nil where nobody typed it.
    let typed: TypedCommand?

    func lines(_ failure: Failure) -> [String] {
        var lines = [headline(failure)]
        for place in failure.places {
            lines.append("  at \(Format.visible(place.description))")
            lines += SourceExcerpt.lines(at: place).map { "  " + style.dim($0) }
        }
        if let cause = failure.cause, !cause.isEmpty {
            lines += Self.field("cause", cause)
        }
        lines += failure.said.flatMap(LogTail.shown).map { "  \(style.dim("│")) \($0)" }
        if let log = failure.log { lines += Self.field("log", log) }
        return lines + next(failure)
    }

    /// Where several things failed alike: what to do about this one. The command is reported once, after them all.
    func brief(_ failure: Failure) -> [String] {
        var failure = failure
        if failure.command == .again { failure.command = nil }
        return lines(failure)
    }

    /// The command as a person would type it; nil where there is none, or it is not known.
    func command(_ failure: Failure) -> String? {
        failure.command.flatMap { TypedCommand.text($0, after: typed) }.map(Format.visible)
    }

    private func headline(_ failure: Failure) -> String {
        style.red(style.bold("error")) + style.red("[\(failure.code)]") + ": "
            + style.bold(Format.visible(failure.headline))
    }

    private func next(_ failure: Failure) -> [String] {
        let command = command(failure).map { style.cyan($0) }
        guard let advice = failure.advice else {
            return command.map { ["  next: \($0)"] } ?? []
        }
        return Self.field("next", advice) + (command.map { ["        \($0)"] } ?? [])
    }

    private static func field(_ name: String, _ text: String) -> [String] {
        ["  \(name): \(Format.visible(text))"]
    }
}
