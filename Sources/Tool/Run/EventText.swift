import Failures
import PipelineEngine
import Terminal

/// Events as lines that stay.
enum EventText {
    static func lines(_ event: RunEvent, style: Style, isVerbose: Bool) -> [String] {
        switch event {
        case .note(let text): [style.dim("· ") + Format.escaped(text)]
        case .stageStarted, .expected, .unitStarted, .progress, .transfer, .tick: []
        case .archive(let event):
            // What only moves has no line.
            ArchiveText.line(event).map { [style.dim("· ") + $0] } ?? []
        case .output(let stage, let line):
            isVerbose ? ["  \(stage)  " + style.dim(Format.escaped(line))] : []
        case .unitEnded(let end): unit(end, style, isVerbose)
        case .stageEnded(let summary): [stage(summary, style)]
        }
    }

    private static func unit(_ end: UnitEnd, _ style: Style, _ isVerbose: Bool) -> [String] {
        let name = Format.escaped(end.unit)
        switch end.outcome {
        case .failed(let message, _):
            // What to do about it is reported at the end of the run.
            let first = end.failure?.headline ?? String(message.prefix { !$0.isNewline })
            return ["  \(style.red("failed"))  \(name): \(Format.visible(first))"]
        case .ran where isVerbose:
            let why = end.reasons.first.map { "  (\($0))" } ?? ""
            let took = Format.duration(Double(end.milliseconds) / 1000)
            return ["  \(style.green("ran"))  \(name)  \(took)" + style.dim(Format.escaped(why))]
        case .interrupted:
            // Something that this program does not end goes on.
            return end.failure.map { ["  \(style.yellow("stopped"))  \(name): \($0.headline)"] }
                ?? []
        case .restored where isVerbose: return ["  \(style.green("restored"))  \(name)"]
        case .fetched(let author) where isVerbose:
            let by = style.dim("  (made by \(Format.escaped(author)))")
            return ["  \(style.green("fetched"))  \(name)" + by]
        default: return []
        }
    }

    static func stage(_ summary: StageSummary, _ style: Style) -> String {
        let mark = summary.succeeded ? style.green("✓") : style.red("✗")
        var parts: [String] = []
        func add(_ count: Int, _ what: String) {
            if count > 0 { parts.append("\(Format.count(count)) \(what)") }
        }
        add(summary.ran, "ran")
        add(summary.restored, "restored from the store")
        add(summary.fetched, "fetched from the archive")
        add(summary.unchanged, "unchanged")
        add(summary.upToDate, "up to date")
        add(summary.failures.count, "failed")
        add(summary.blocked, "blocked")
        add(summary.interrupted, "interrupted")
        if let result = summary.result { parts.append(Format.escaped(result)) }
        if let sent = summary.transfer.flatMap(TransferText.summary) { parts.append(sent) }
        let took = Format.duration(Double(summary.milliseconds) / 1000)
        return "\(mark) \(style.bold(DisplayWidth.pad(summary.stage, to: 8))) "
            + parts.joined(separator: ", ") + style.dim("  \(took)")
    }
}
