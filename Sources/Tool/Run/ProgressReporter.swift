import PipelineEngine
import Posix
import Terminal

/// Shows a run on standard error: redrawn lines on a terminal, plain lines elsewhere, or events as
/// JSON lines on standard output.
final class ProgressReporter {
    private let isJSON: Bool
    private let isLive: Bool
    private let isVerbose: Bool
    private let style: Style
    private var state = ProgressState()
    private var drawnLines = 0
    private var lastDrawNs: Int64 = 0

    init(isJSON: Bool, isVerbose: Bool) {
        self.isJSON = isJSON
        self.isVerbose = isVerbose
        isLive = !isJSON && TerminalSize.isTerminal(2) && Environment.value("TERM") != "dumb"
        style = Style(isTerminal: TerminalSize.isTerminal(2), environment: Environment.all)
    }

    func handle(_ event: RunEvent) {
        let now = MonotonicClock.nanoseconds()
        if isJSON {
            if let line = EventJSON.line(event) { _ = StandardStreams.write(to: 1, line + "\n") }
            return
        }
        let text = EventText.lines(event, style: style, isVerbose: isVerbose)
        state.apply(event, nowNs: now)
        if !text.isEmpty { say(text) }
        draw(now, force: !text.isEmpty)
        if case .transfer = event, !isLive { reportTransfer(now) }
    }

    // In a file or a pipe nothing is redrawn; a line from time to time tells that it goes on.
    private func reportTransfer(_ now: Int64) {
        guard now - lastDrawNs > 10_000_000_000 else { return }
        if lastDrawNs > 0, let line = state.transferText { say([style.dim("· ") + line]) }
        lastDrawNs = now
    }

    /// Takes the live lines away, before anything else is printed.
    func finish() {
        guard isLive, drawnLines > 0 else { return }
        _ = StandardStreams.write(to: 2, LiveBlock.clear(previousLineCount: drawnLines))
        drawnLines = 0
    }

    private func say(_ lines: [String]) {
        finish()
        let width = TerminalSize.ofTerminal(2)?.columns ?? 80
        let shown = isLive ? lines.flatMap { Wrapping.lines($0, width: width) } : lines
        _ = StandardStreams.write(to: 2, shown.joined(separator: "\n") + "\n")
    }

    private func draw(_ now: Int64, force: Bool) {
        guard isLive, force || now - lastDrawNs > 100_000_000 else { return }
        lastDrawNs = now
        let size = TerminalSize.ofTerminal(2) ?? TerminalSize(columns: 80, rows: 24)
        let lines = state.lines(nowNs: now, style: style, size: size)
        _ = StandardStreams.write(
            to: 2, LiveBlock.draw(lines: lines, previousLineCount: drawnLines, width: size.columns))
        drawnLines = lines.count
    }
}
