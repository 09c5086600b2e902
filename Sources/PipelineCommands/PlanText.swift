import PipelineEngine
import Terminal

/// A plan for people.
enum PlanText {
    static func lines(
        _ plans: [StagePlan], stale: [StaleOutput], style: Style, showsUnits: Bool
    ) -> [String] {
        var lines = plans.flatMap { stage($0, style, showsUnits) }
        if !stale.isEmpty {
            lines.append("")
            lines.append(
                "\(stale.count) files were made by units that the definition no longer has; "
                    + "they leave the next data release:")
            lines += stale.prefix(10).map { "  \(Format.escaped($0.path))" }
            if stale.count > 10 { lines.append("  … and \(stale.count - 10) more") }
        }
        if plans.allSatisfy(\.isUpToDate) { lines.append("nothing to do") }
        return lines
    }

    private static func stage(_ plan: StagePlan, _ style: Style, _ showsUnits: Bool) -> [String] {
        var parts: [String] = []
        for (action, word) in [
            (StagePlan.Action.run, "to run"), (.maybe, "depend on these"),
            (.missing, "cannot run"),
        ] {
            let count = plan.work.count { $0.action == action }
            if count > 0 { parts.append("\(Format.count(count)) \(word)") }
        }
        if plan.upToDate > 0 { parts.append("\(Format.count(plan.upToDate)) up to date") }
        if !plan.unknownAxes.isEmpty {
            parts.append(
                "more once the worker has named \(plan.unknownAxes.joined(separator: ", "))")
        }
        let mark = plan.isUpToDate ? style.green("✓") : style.yellow("→")
        var lines = [
            "\(mark) \(style.bold(DisplayWidth.pad(plan.stage, to: 8))) "
                + parts.joined(separator: ", ")
        ]
        lines += plan.notes.map { "    " + style.yellow("note") + " " + Format.escaped($0) }
        if let transfer = plan.transfer { lines.append("    " + TransferText.plan(transfer)) }
        let limit = showsUnits ? Int.max : 5
        for item in plan.work.prefix(limit) {
            let word = item.action == .run ? "" : "\(item.action.rawValue): "
            lines.append(
                "    \(Format.escaped(item.unit))  "
                    + style.dim(word + Format.escaped(item.reasons.joined(separator: "; "))))
        }
        if plan.work.count > limit {
            lines.append(style.dim("    … and \(plan.work.count - limit) more (--units shows all)"))
        }
        return lines
    }
}
