import PipelineEngine
import Terminal
import Texts

/// A plan for people.
enum PlanText {
    /// - Parameter width: columns; nil to cut and break nothing.
    static func lines(
        _ report: PlanReport, style: Style, width: Int?, showsUnits: Bool
    ) -> [String] {
        let nameWidth = max(8, report.stages.map { DisplayWidth.of($0.stage) }.max() ?? 0)
        var lines = report.stages.flatMap { plan in
            [head(plan, nameWidth, style, width)]
                + details(plan, style, width, showsUnits: showsUnits)
        }
        lines += stale(report)
        lines += ending(report, style, width)
        return lines.map { line in width.map { DisplayWidth.cut(line, to: $0) } ?? line }
    }

    private static func head(
        _ plan: StagePlan, _ nameWidth: Int, _ style: Style, _ width: Int?
    ) -> String {
        var parts = PlanCounts.parts(plan)
        if !plan.unknownAxes.isEmpty {
            parts.append(
                "more once the worker has named \(plan.unknownAxes.joined(separator: ", "))")
        }
        let mark = plan.isUpToDate ? style.green("✓") : style.yellow("→")
        let name = style.bold(DisplayWidth.pad(plan.stage, to: nameWidth))
        let line = "\(mark) \(name) " + parts.joined(separator: ", ")
        guard let expected = plan.expected else { return line }
        let time = EstimateText.short(expected)
        // The time last of all: it is what may be cut.
        return line + style.dim("  " + time)
    }

    private static func details(
        _ plan: StagePlan, _ style: Style, _ width: Int?, showsUnits: Bool
    ) -> [String] {
        var lines = plan.notes.map { "    " + style.yellow("note") + " " + Format.escaped($0) }
        if let transfer = plan.transfer {
            lines += broken(TransferText.parts(transfer), "; ", indent: "    ", width)
            lines += transfer.deleted.map { "      delete \(Format.escaped($0))" }
            let more = transfer.deletes - transfer.deleted.count
            if more > 0, !transfer.deleted.isEmpty { lines.append("      … and \(more) more") }
        }
        lines += plan.paid.flatMap { paid in
            broken(BillableText.parts(paid), ", ", indent: "    ", width).map(style.yellow)
        }
        if showsUnits || plan.work.count <= 5 {
            return lines + plan.work.map { unit($0, style) }
        }
        return lines + PlanReasons.lines(plan.work, limit: 5, style)
    }

    private static func unit(_ item: StagePlan.Item, _ style: Style) -> String {
        let word = item.action == .run ? "" : "\(item.action.rawValue): "
        let why = item.reasons.map(ShortDigest.shortened).joined(separator: "; ")
        return "    \(Format.escaped(item.unit))  " + style.dim(word + Format.escaped(why))
    }

    private static func stale(_ report: PlanReport) -> [String] {
        StaleText.lines(report.stale, former: report.former)
    }

    private static func ending(_ report: PlanReport, _ style: Style, _ width: Int?) -> [String] {
        if report.isUpToDate { return ["nothing to do"] }
        var parts: [String] = []
        if let expected = report.expected {
            parts.append(EstimateText.long(expected))
        }
        if report.paid.contains(where: { !$0.isLeft }) {
            let known = report.paid.compactMap(\.costPerHour).reduce(0, +)
            if known > 0 {
                parts.append(
                    "paid while data is sent: about \(Dollars.text(known)) USD an hour")
            }
        }
        return parts.isEmpty ? [] : [""] + broken(parts, "; ", indent: "", width)
    }

    /// The parts in as few lines as fit.
    static func broken(
        _ parts: [String], _ separator: String, indent: String, _ width: Int?
    ) -> [String] {
        var lines: [String] = []
        for part in parts {
            if let last = lines.last,
                width.map({ DisplayWidth.of(last + separator + part) <= $0 }) ?? true
            {
                lines[lines.count - 1] = last + separator + part
            } else {
                if let last = lines.last { lines[lines.count - 1] = last + separator.trimmedEnd }
                lines.append(indent + part)
            }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
