import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelinePlanning
import Terminal

/// One unit, or one step, explained to people.
enum WhyText {
    /// - Parameter limit: entries of each list.
    static func unit(
        _ report: UnitReport, nowMs: Int64, style: Style, limit: Int
    ) -> [String] {
        var lines = [style.bold(Format.escaped(report.unit))]
        lines += decision(report, style, limit)
        if let failure = report.lastFailure { lines += attempt(failure, nowMs, style) }
        guard let made = report.lastSuccess else { return lines }
        lines += attempt(made.attempt, nowMs, style)
        if report.decision.isUpToDate {
            lines += dependencies(made.components, style, limit)
        }
        return lines + outputs(made.outputs, style, limit)
    }

    static func step(_ report: StepReport, nowMs: Int64, style: Style) -> [String] {
        let plan = report.entry.plan
        var lines = [style.bold(plan.stage)]
        if let problem = report.entry.problem {
            lines.append("next run: \(style.red("unknown")): \(Format.escaped(problem))")
        } else if plan.isUpToDate {
            lines.append("next run: \(style.green("nothing to do"))")
        } else {
            for item in plan.work {
                let word = item.action == .maybe ? "depends on what comes before" : "runs"
                lines.append("next run: \(style.yellow(word))")
                lines += item.reasons.map { "  " + Format.escaped(ShortDigest.shortened($0)) }
            }
        }
        return lines + report.attempts.flatMap { attempt($0, nowMs, style) }
    }

    private static func decision(
        _ report: UnitReport, _ style: Style, _ limit: Int
    ) -> [String] {
        switch report.decision {
        case .upToDate: ["next run: \(style.green("nothing to do")), it is up to date"]
        case .run(let reasons):
            ["next run: \(style.yellow("runs"))"] + list(reasons.map { line($0, style) }, limit)
        case .restoreOrRun(let reasons):
            [restoreOrRun(report, style)] + fetch(report)
                + list(reasons.map { line($0, style) }, limit)
        case .waits:
            ["next run: \(style.yellow("depends")) on whether these change what it reads"]
                + list(
                    report.causes.map {
                        Format.escaped($0.unit) + "  " + style.dim(Format.escaped($0.reason))
                    }, limit)
        case .missingInputs(let paths):
            [
                "next run: \(style.red("cannot run")), these inputs do not exist and nothing makes them"
            ]
                + list(paths.map(Format.escaped), limit)
        case .unreadable(let failures):
            ["next run: \(style.red("cannot run")), something that it reads cannot be read"]
                + list(failures.map { Format.escaped($0.headline) }, limit)
        }
    }

    private static func restoreOrRun(_ report: UnitReport, _ style: Style) -> String {
        if let fetch = report.fetch {
            return
                "next run: \(style.yellow("fetched")) from the archive, \(Format.bytes(fetch.bytes))"
        }
        return report.isRestorable
            ? "next run: \(style.yellow("restored")) from the store"
            : "next run: \(style.yellow("runs"))"
    }

    private static func fetch(_ report: UnitReport) -> [String] {
        guard let origin = report.fetch?.origin else { return [] }
        return ["  " + OriginText.line(origin)]
    }

    /// A reason with what it was before and what it is now.
    private static func line(_ reason: Reason, _ style: Style) -> String {
        guard let change = reason.change else { return Format.escaped(reason.text) }
        let kind =
            switch reason {
            case .code: "code "
            case .input: "input "
            default: ""
            }
        // Values of the recipe are what people wrote; contents of files are only digests.
        let value = { (text: String?) in Format.escaped(text.map(ShortDigest.shortened) ?? "none") }
        return kind + Format.escaped(change.name) + "  " + value(change.before)
            + style.dim(" -> ") + value(change.after)
    }

    private static func attempt(
        _ attempt: PastAttempt, _ nowMs: Int64, _ style: Style
    ) -> [String] {
        let word =
            switch attempt.outcome {
            case .done: style.green("made")
            case .restored: style.green("restored from the store")
            case .fetched: style.green("fetched from the archive")
            case .failed: style.red("failed")
            case .interrupted: style.yellow("interrupted")
            case .running: style.yellow("started")
            }
        let took = attempt.durationMs.map { " in \(Format.duration(Double($0) / 1000))" } ?? ""
        var lines = [
            "\(word) by run \(attempt.run)\(took), begun \(RecordedTime.iso8601(attempt.startedMs))"
                + style.dim(
                    " (\(RecordedTime.ago(attempt.startedMs, now: nowMs)), attempt \(attempt.id))")
        ]
        if let origin = attempt.origin { lines.append("  " + OriginText.line(origin)) }
        if let message = attempt.message {
            lines.append("  " + Format.escaped(String(message.prefix { !$0.isNewline })))
        }
        lines += attempt.reasons.map {
            "  because: " + Format.escaped(ShortDigest.shortened($0.text))
        }
        if let log = attempt.log, attempt.outcome == .failed {
            lines.append("  log: " + Format.escaped(log))
        }
        return lines
    }

    private static func dependencies(
        _ components: RecordedComponents, _ style: Style, _ limit: Int
    ) -> [String] {
        let sets = [
            ("recipe", components.recipe), ("inputs", components.inputs),
            ("code", components.code), ("also read", components.reads),
        ]
        return sets.filter { !$0.1.entries.isEmpty }.flatMap { title, set in
            [title]
                + list(
                    set.entries.map { entry in
                        Format.escaped(entry.name) + "  "
                            + style.dim(Format.escaped(ShortDigest.shortened(entry.value)))
                    }, limit)
        }
    }

    private static func outputs(
        _ outputs: [OutputRecord], _ style: Style, _ limit: Int
    ) -> [String] {
        guard !outputs.isEmpty else { return [] }
        let lines = outputs.map { output in
            "\(Format.escaped(output.path))  \(Format.bytes(output.size))"
                + style.dim("  \(output.digest.short)")
        }
        return ["outputs"] + list(lines, limit)
    }

    private static func list(_ lines: [String], _ limit: Int) -> [String] {
        let shown = lines.prefix(limit).map { "  " + $0 }
        guard lines.count > limit else { return shown }
        return shown + ["  … and \(lines.count - limit) more (--all shows all)"]
    }
}
