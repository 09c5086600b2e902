import Digests
import PipelineEngine
import PipelineLedger
import Terminal

/// Where a project stands, for people.
enum StatusText {
    /// - Parameters:
    ///   - nowMs: the time of now, milliseconds since 1970.
    ///   - width: columns; nil to cut nothing.
    static func lines(
        _ report: StatusReport, nowMs: Int64, style: Style, width: Int?
    ) -> [String] {
        var lines = [style.bold(Format.escaped(report.project))]
        lines += runs(report, nowMs, style)
        let running = Set(report.current?.progress.running ?? [])
        lines += ["", "stages"] + report.stages.map { stage($0, running: running, style) }
        lines += StaleText.lines(report.stale, former: report.former, limit: 5)
        if !report.failures.isEmpty { lines += failures(report.failures, nowMs, style) }
        if !report.environments.isEmpty {
            lines +=
                ["", "environments"] + EnvironmentsText.lines(report.environments, nowMs, style)
        }
        return lines.map { line in width.map { DisplayWidth.cut(line, to: $0) } ?? line }
    }

    private static func runs(
        _ report: StatusReport, _ nowMs: Int64, _ style: Style
    ) -> [String] {
        var lines: [String] = []
        if let current = report.current {
            let run = current.run
            let since = Format.duration(Double(max(0, nowMs - run.startedMs)) / 1000)
            lines.append(
                "\(style.yellow("run \(run.id) running")) for \(since): \(Format.escaped(run.command))"
                    + style.dim("  (\(Format.escaped(run.user)), process \(run.pid))"))
            lines += progress(current.progress, style)
        } else {
            lines.append("idle")
        }
        guard let last = report.lastRun else {
            return lines + [
                report.current == nil ? "there was no run yet" : "no run has ended yet"
            ]
        }
        let outcome = last.outcome ?? "killed"
        let shown =
            outcome == "done"
            ? style.green(outcome) : style.red(outcome == "crashed" ? "killed" : outcome)
        let when = RecordedTime.ago(last.endedMs ?? last.startedMs, now: nowMs)
        lines.append("last run \(last.id) \(shown) \(when): \(Format.escaped(last.command))")
        return lines
    }

    private static func progress(_ progress: RunProgress, _ style: Style) -> [String] {
        var parts = ["\(Format.count(progress.done)) done"]
        if progress.restored > 0 { parts.append("\(Format.count(progress.restored)) restored") }
        if progress.fetched > 0 { parts.append("\(Format.count(progress.fetched)) fetched") }
        if progress.failed > 0 {
            parts.append(style.red("\(Format.count(progress.failed)) failed"))
        }
        parts.append("\(progress.running.count) running")
        if progress.waiting > 0 {
            parts.append("\(Format.count(progress.waiting)) waiting")
            if let waits = progress.waits {
                parts.append(Format.escaped("\(progress.queue ?? "the queue"): \(waits)"))
            }
        }
        let names = progress.running.prefix(4).map { "    " + style.dim(Format.escaped($0)) }
        return ["  " + parts.joined(separator: ", ")] + names
    }

    private static func stage(
        _ entry: StagePlans.Entry, running: Set<String>, _ style: Style
    ) -> String {
        let plan = entry.plan
        let name = style.bold(DisplayWidth.pad(plan.stage, to: 8))
        if let problem = entry.problem {
            return "  \(style.red("?")) \(name) unknown: \(Format.escaped(problem))"
        }
        var parts: [String] = []
        parts += PlanCounts.parts(plan)
        if !plan.unknownAxes.isEmpty { parts.append("more units once the worker has named them") }
        // What runs just now has begun and not ended, which is all that its record says.
        let first = plan.work.first { !running.contains($0.unit) }
        let reason = first?.reasons.first.map { style.dim("  " + Format.escaped($0)) }
        let mark = plan.isUpToDate ? style.green("✓") : style.yellow("→")
        return "  \(mark) \(name) " + parts.joined(separator: ", ") + (reason ?? "")
    }

    private static func failures(
        _ failures: [PastAttempt], _ nowMs: Int64, _ style: Style, limit: Int = 5
    ) -> [String] {
        var lines = ["", "failures"]
        for failure in failures.prefix(limit) {
            let message = (failure.message ?? "").prefix { !$0.isNewline }
            lines.append(
                "  \(style.red("✗")) \(Format.escaped(failure.unit)): "
                    + Format.escaped(String(message)))
            let log = failure.log.map { ", log: \(Format.escaped($0))" } ?? ""
            let when = RecordedTime.ago(failure.startedMs, now: nowMs)
            lines.append(style.dim("    run \(failure.run), \(when)\(log)"))
        }
        if failures.count > limit {
            lines.append("  … and \(failures.count - limit) more; `pipeline logs --list` has them")
        }
        return lines
    }
}
