import PipelineEngine
import Terminal

/// What is known of a run so far, and how it looks: a pure function of the events.
struct ProgressState {
    private(set) var stage: String?
    private var total = 0
    private var ran = 0
    private var restored = 0
    private var fetched = 0
    private var unchanged = 0
    private var failed = 0
    private var blocked = 0
    /// In the order in which they started.
    private var running: [(unit: String, sinceNs: Int64)] = []
    private var busyMilliseconds: Int64 = 0
    private var startedNs: Int64 = 0
    private var lastLine: String?
    private var transfer: TransferMeter?
    /// Seconds from a moment on, as earlier runs tell.
    private var expected: (likely: Double, atMost: Double, fromNs: Int64)?

    /// How far the sending of files is; nil where none are sent.
    var transferText: String? { transfer?.text }

    var finished: Int { ran + restored + fetched + unchanged + failed + blocked }

    mutating func apply(_ event: RunEvent, nowNs: Int64) {
        switch event {
        case .note: break
        case .archive(let event): lastLine = ArchiveText.live(event)
        case .stageStarted(let stage, let units):
            self = ProgressState()
            self.stage = stage
            total = units
            startedNs = nowNs
        case .expected(_, let seconds, let atMost): expected = (seconds, atMost, nowNs)
        case .unitStarted(let unit, _): running.append((unit, nowNs))
        case .unitEnded(let end): count(end)
        case .output(_, let line), .progress(_, let line): lastLine = line
        case .transfer(_, let progress):
            if transfer == nil { transfer = TransferMeter(nowNs: nowNs) }
            transfer?.note(progress, nowNs: nowNs)
        case .stageEnded: self = ProgressState()
        case .tick: break
        }
    }

    private mutating func count(_ end: UnitEnd) {
        running.removeAll { $0.unit == end.unit }
        switch end.outcome {
        case .ran:
            ran += 1
            busyMilliseconds += end.milliseconds
        case .restored: restored += 1
        case .fetched: fetched += 1
        case .unchanged: unchanged += 1
        case .failed: failed += 1
        case .blocked: blocked += 1
        case .interrupted: break
        }
    }

    /// The lines of the live display; none between stages.
    func lines(nowNs: Int64, style: Style, size: TerminalSize) -> [String] {
        guard let stage else { return [] }
        var parts: [String] = []
        if total > 1 {
            let columns = size.columns >= 120 ? 40 : 16
            parts.append(ProgressBar.text(finished, of: total, columns: columns, style: style))
            parts.append("\(Format.count(finished)) of \(Format.count(total))")
        }
        if !running.isEmpty { parts.append("\(running.count) running") }
        if restored > 0 { parts.append("\(Format.count(restored)) restored") }
        if fetched > 0 { parts.append("\(Format.count(fetched)) fetched") }
        if unchanged > 0 { parts.append("\(Format.count(unchanged)) unchanged") }
        if failed > 0 { parts.append(style.red("\(Format.count(failed)) failed")) }
        let seconds = Double(nowNs - startedNs) / 1e9
        parts.append(Format.duration(seconds))
        if let left = timeLeft(nowNs, elapsed: seconds) { parts.append(left) }
        var lines = [style.bold(stage) + "  " + parts.joined(separator: "  ")]
        if let transfer { lines.append("  " + transfer.text) }
        lines += units(nowNs, style, limit: min(8, max(1, size.rows / 8)))
        if let lastLine { lines.append("  " + style.dim(Format.escaped(lastLine))) }
        return lines
    }

    /// The units that have run longest: what is stuck stays on top.
    private func units(_ nowNs: Int64, _ style: Style, limit: Int) -> [String] {
        // A step of its own has its stage's name.
        guard total > 1 else { return [] }
        return running.prefix(limit).map { unit, since in
            let took = Format.duration(Double(nowNs - since) / 1e9)
            return "  \(Format.escaped(unit))  " + style.dim(took)
        }
    }

    /// From what units took before; where nobody knows that, from this run's own pace.
    private func timeLeft(_ nowNs: Int64, elapsed: Double) -> String? {
        guard let expected else {
            return secondsLeft(elapsed).map { "about \(Format.duration($0)) left" }
        }
        let passed = Double(nowNs - expected.fromNs) / 1e9
        let likely = max(0, expected.likely - passed)
        let atMost = max(0, expected.atMost - passed)
        let text = "about \(Format.duration(likely)) left"
        return atMost > likely * 1.2 + 1 ? text + ", at most \(Format.duration(atMost))" : text
    }

    /// From this run's own pace, once there is one.
    private func secondsLeft(_ elapsed: Double) -> Double? {
        guard finished >= 5, total > finished else { return nil }
        return elapsed / Double(finished) * Double(total - finished)
    }
}
