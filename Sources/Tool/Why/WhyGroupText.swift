import Failures
import PipelineEngine
import PipelinePlanning
import Terminal

/// Many units explained at once: how many are how, and what the most of them have in common.
enum WhyGroupText {
    static func lines(
        _ name: String, _ units: [Int], _ survey: Survey, _ style: Style, limit: Int
    ) -> [String] {
        let working = units.filter { !survey.decisions[$0].isUpToDate }
        var lines = [style.bold(Format.escaped(name))]
        let upToDate = units.count - working.count
        guard !working.isEmpty else {
            return lines + [
                "next run: \(style.green("nothing to do")), "
                    + "\(Format.count(upToDate)) units are up to date"
            ]
        }
        lines.append(
            "next run: \(style.yellow(Format.count(working.count))) of "
                + "\(Format.count(units.count)) units have work or wait for some")
        lines += reasons(working, survey, style, limit)
        lines.append("units")
        lines += working.prefix(limit).map { "  " + Format.escaped(survey.graph.units[$0].name) }
        if working.count > limit {
            lines.append("  … and \(working.count - limit) more (--all shows all)")
        }
        return lines + ["`pipeline why UNIT` tells what changed, before and after"]
    }

    private static func reasons(
        _ working: [Int], _ survey: Survey, _ style: Style, _ limit: Int
    ) -> [String] {
        var counts: [String: Int] = [:]
        for index in working {
            for text in texts(survey.decisions[index]) { counts[text, default: 0] += 1 }
        }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var table = Table([.init("", .right), .init("")])
        for (text, count) in sorted.prefix(limit) {
            table.add(["  " + Format.count(count), Format.escaped(ShortDigest.shortened(text))])
        }
        let more = sorted.count - limit
        return table.render() + (more > 0 ? [style.dim("  … and \(more) more reasons")] : [])
    }

    private static func texts(_ decision: Decision) -> [String] {
        switch decision {
        case .upToDate: []
        case .run(let reasons), .restoreOrRun(let reasons): reasons.map(\.text)
        case .waits: ["waits for units that come first"]
        case .missingInputs(let paths): paths.map { "input \($0) does not exist" }
        case .unreadable(let failures): failures.map(\.headline)
        }
    }
}
