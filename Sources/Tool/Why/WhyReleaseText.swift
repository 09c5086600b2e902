import ArchiveHistory
import Digests
import PipelineLedger
import PipelinePlanning
import Terminal

/// Why there is a release, for people.
enum WhyReleaseText {
    static func lines(_ report: WhyRelease, nowMs: Int64, style: Style, limit: Int) -> [String] {
        let release = report.release
        var lines = [
            style.bold("release \(release.number) of \(Format.escaped(release.environment))")
                + "  \(RecordedTime.iso8601(release.createdMs))"
                + style.dim(" (\(RecordedTime.ago(release.createdMs, now: nowMs)))")
        ]
        if let run = report.run {
            lines.append(
                "made by run \(run.id): \(Format.escaped(run.command)), by "
                    + "\(Format.escaped(run.user)) on \(Format.escaped(run.host))")
        } else if let maker = release.maker {
            lines.append("made in another clone, by \(Format.escaped(maker.text))")
        }
        lines.append(CommitText.line(release.commit))
        lines += report.deployments.map {
            "  " + DeploymentText.state($0, style)
                + style.dim(DeploymentText.maker($0.deployment).map { ", \($0)" } ?? "")
        }
        guard let before = report.before else {
            return lines + ["it is the first of its environment"]
                + data(report, style, limit)
        }
        lines.append("differs from release \(before.number) in")
        lines += report.changes.map { change in
            "  \(change.name)  \(Format.escaped(change.before ?? "none"))"
                + style.dim(" -> ") + Format.escaped(change.after ?? "none")
        }
        if report.changes.isEmpty { lines.append("  nothing") }
        return lines + data(report, style, limit)
    }

    private static func data(_ report: WhyRelease, _ style: Style, _ limit: Int) -> [String] {
        guard let data = report.data else {
            return ["which data files differ is not known: the store has no list of them any more"]
        }
        guard !data.isEmpty else { return [] }
        let counts = [WhyRelease.Kind.added, .changed, .removed].compactMap { kind in
            let count = data.count { $0.kind == kind }
            return count == 0 ? nil : "\(Format.count(count)) \(kind.rawValue)"
        }
        var lines = ["data files: " + counts.joined(separator: ", ")]
        // Why these, at a glance: what made them ran for few reasons.
        var reasons: [String: Int] = [:]
        for file in data {
            for reason in file.maker?.reasons ?? [] {
                reasons[ShortDigest.shortened(reason), default: 0] += 1
            }
        }
        var table = Table([.init("", .right), .init("")])
        let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (text, count) in sorted.prefix(limit) {
            table.add(["  " + Format.count(count), style.dim("because " + Format.escaped(text))])
        }
        lines += table.render() + ProvenanceText.rest(sorted.count, limit)
        var files = Table([.init(""), .init(""), .init("")])
        for file in data.prefix(limit) {
            files.add([
                "  " + file.kind.rawValue, Format.escaped(file.path),
                style.dim(
                    file.maker.map { "\(Format.escaped($0.unit)), run \($0.run)" } ?? ""),
            ])
        }
        return lines + files.render() + ProvenanceText.rest(data.count, limit)
    }
}
