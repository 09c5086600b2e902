import PipelineEngine
import PipelineLedger
import Posix
import Processes
import Terminal

/// `status --watch`: the status again whenever the ledger changes, until somebody ends it. Changes nothing.
final class StatusWatch {
    private let invocation: Invocation
    private let interrupts: Interrupts
    /// Looks at everything, or with the plans of before at what a run records alone.
    private let look: (StagePlans?) throws -> (StatusReport, StagePlans)
    private let isScreen: Bool
    private var told = ""

    /// Blocks signals first: threads that are started later must not get them.
    init(
        _ invocation: Invocation, _ interrupts: Interrupts,
        look: @escaping (StagePlans?) throws -> (StatusReport, StagePlans)
    ) {
        self.invocation = invocation
        self.interrupts = interrupts
        self.look = look
        isScreen =
            !invocation.isJSON && TerminalSize.isTerminal(1)
            && Environment.value("TERM") != "dumb"
    }

    // Files of the project and what is outside may change without a trace in the ledger.
    private static let wholeLookMs: Int64 = 60_000
    private static let pauseMs: Int64 = 1000

    func run() throws -> ExitCode {
        var (report, plans) = try look(nil)
        if isScreen { _ = StandardStreams.write(to: 1, FullScreen.enter) }
        defer { if isScreen { _ = StandardStreams.write(to: 1, FullScreen.leave) } }
        var (lookedMs, wholeMs) = (now, now)
        var hasChanged = false
        guard show(report) else { return .done }
        var watch = try Self.watch()
        while true {
            // Once a second is often enough for the one who looks, and for a run that writes all the time.
            let sinceMs = now - lookedMs
            let descriptor = hasChanged ? -1 : (watch?.descriptor ?? -1)
            let patience = hasChanged ? max(0, Self.pauseMs - sinceMs) : Self.pauseMs
            _ = try Poll.wait(
                [(interrupts.cancellation.descriptor, .readable), (descriptor, .readable)],
                timeoutMs: Int(patience))
            if interrupts.cancellation.isCancelled {
                return interrupts.exitCode == .terminated ? .terminated : .done
            }
            if watch == nil {
                watch = try Self.watch()
                hasChanged = watch != nil
            }
            let names = watch?.take() ?? []
            hasChanged = hasChanged || names.contains { Self.isLedger($0) }
            let isDue = now - wholeMs >= Self.wholeLookMs
            // The end of a run that was killed is in no ledger.
            let hasDied = try report.current.map { try !$0.run.isHere() } ?? false
            if isDue || hasDied || (hasChanged && now - lookedMs >= Self.pauseMs) {
                let before = report
                (report, plans) = try look(isDue || hasDied ? nil : plans)
                if Self.hasEnded(before, report) { (report, plans) = try look(nil) }
                lookedMs = now
                if isDue || hasDied { wholeMs = now }
                hasChanged = false
            }
            guard show(report) else { return .done }
        }
    }

    /// Whether a run has begun or ended between two looks, so that stages may have other work.
    private static func hasEnded(_ before: StatusReport, _ after: StatusReport) -> Bool {
        before.current?.run.id != after.current?.run.id
            || before.lastRun?.id != after.lastRun?.id
            || before.lastRun?.outcome != after.lastRun?.outcome
    }

    private var now: Int64 { MonotonicClock.nanoseconds() / 1_000_000 }

    /// nil as long as there is no ledger.
    private static func watch() throws -> FolderWatch? {
        guard try FileSystem.status(Project.ledgerPath) != nil else { return nil }
        return try FolderWatch(Project.statePath)
    }

    private static func isLedger(_ name: String) -> Bool {
        name == "ledger.sqlite" || name == "ledger.sqlite-wal"
    }

    /// - Returns: whether anybody reads it still.
    private func show(_ report: StatusReport) -> Bool {
        if isScreen {
            let size = TerminalSize.ofTerminal(1) ?? TerminalSize(columns: 80, rows: 24)
            let lines = StatusText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, width: size.columns)
            return StandardStreams.write(to: 1, FullScreen.draw(lines, size: size))
        }
        let text = invocation.isJSON ? StatusJSON.document(report) : StatusLine.text(report)
        guard text != told else { return true }
        let isFirst = told.isEmpty
        told = text
        if invocation.isJSON { return StandardStreams.write(to: 1, text + "\n") }
        let whole =
            isFirst
            ? StatusText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, width: nil) : []
        let line = "\(RecordedTime.iso8601(RecordedTime.now)) \(text)"
        return StandardStreams.write(
            to: 1, (whole + [line]).joined(separator: "\n") + "\n")
    }
}

extension RunRecord {
    /// Whether its process lives on this machine.
    func isHere() throws -> Bool {
        isAlive(host: Host.name, bootID: Host.bootID(), processStart: Host.processStart)
    }
}
