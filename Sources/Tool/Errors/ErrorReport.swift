import Failures
import Posix
import Terminal

/// Tells on standard error what went wrong: in words, or as JSON where data was asked for as JSON.
struct ErrorReport {
    let isJSON: Bool
    let text: ErrorText
    private let isTerminal: Bool

    init(isJSON: Bool, typed: TypedCommand) {
        self.isJSON = isJSON
        isTerminal = TerminalSize.isTerminal(2)
        text = ErrorText(
            style: Style(isTerminal: isTerminal, environment: Environment.all),
            typed: typed)
    }

    func tell(_ failures: [Failure]) {
        guard !isJSON else {
            return write(failures.map { ErrorJSON.line($0, after: text.typed) })
        }
        var lines: [String] = []
        for failure in failures { lines += (lines.isEmpty ? [] : [""]) + text.lines(failure) }
        write(lines + more(failures.map(\.code)))
    }

    /// Where to read on, for who sits before it.
    func more(_ codes: [String]) -> [String] {
        guard isTerminal, let code = codes.first else { return [] }
        return [text.style.dim("  more: pipeline explain \(code)")]
    }

    private func write(_ lines: [String]) {
        _ = StandardStreams.write(to: 2, lines.map { $0 + "\n" }.joined())
    }
}
