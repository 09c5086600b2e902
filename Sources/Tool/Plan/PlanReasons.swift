import PipelineEngine
import Terminal

/// Why many units have work: each reason with how many have it, the most frequent first.
enum PlanReasons {
    static func lines(_ work: [StagePlan.Item], limit: Int, _ style: Style) -> [String] {
        let sorted = counts(work)
        var table = Table([.init("", .right), .init("")])
        for (text, count) in sorted.prefix(limit) {
            table.add(["    " + Format.count(count), style.dim(Format.escaped(text))])
        }
        let more = sorted.count - limit
        let rest = more > 0 ? "\(Format.count(more)) more reasons; " : ""
        return table.render() + [style.dim("    … \(rest)--units lists the units")]
    }

    static func counts(_ work: [StagePlan.Item]) -> [(text: String, count: Int)] {
        var counts: [String: Int] = [:]
        for item in work {
            // Each waits for others, and that is one reason.
            let texts =
                item.action == .maybe
                ? ["waits for what comes before"] : item.reasons.map(ShortDigest.shortened)
            for text in texts { counts[text, default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { (text: $0.key, count: $0.value) }
    }
}
