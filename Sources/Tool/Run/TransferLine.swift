import PipelineEngine
import Posix
import Terminal

/// One line on standard error that tells how far a transfer is, redrawn on a terminal.
final class TransferLine {
    private let isLive: Bool
    private var meter: TransferMeter?
    private var lastNs: Int64 = 0
    private var isDrawn = false

    init(isShown: Bool) {
        isLive = isShown && TerminalSize.isTerminal(2) && Environment.value("TERM") != "dumb"
    }

    func show(_ progress: TransferProgress) {
        let now = MonotonicClock.nanoseconds()
        if meter == nil { meter = TransferMeter(nowNs: now) }
        meter?.note(progress, nowNs: now)
        guard isLive, now - lastNs > 100_000_000, let text = meter?.text else { return }
        lastNs = now
        let width = TerminalSize.ofTerminal(2)?.columns ?? 80
        _ = StandardStreams.write(
            to: 2,
            LiveBlock.draw(lines: [text], previousLineCount: isDrawn ? 1 : 0, width: width))
        isDrawn = true
    }

    /// Takes the line away.
    func finish() {
        guard isDrawn else { return }
        _ = StandardStreams.write(to: 2, LiveBlock.clear(previousLineCount: 1))
        isDrawn = false
    }
}
