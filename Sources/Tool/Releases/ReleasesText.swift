import Digests
import PipelineLedger
import Terminal

/// Releases for people: a table for each environment, and under each release its deployments.
enum ReleasesText {
    static func lines(_ reports: [ReleasesReport], style: Style, width: Int?) -> [String] {
        let filled = reports.filter { !$0.releases.isEmpty }
        guard !filled.isEmpty else {
            return ["there is no release yet; `pipeline run deploy` makes one"]
        }
        var lines: [String] = []
        for report in filled {
            if !lines.isEmpty { lines.append("") }
            lines.append(style.bold(Format.escaped(report.environment)))
            lines += table(report, style)
        }
        if filled.contains(where: { $0.live != nil }) {
            let legend =
                "● live"
                + (filled.contains { $0.fallback != nil } ? ", ↩ what rollback brings back" : "")
            lines += ["", style.dim(legend)]
        }
        return lines.map { line in width.map { DisplayWidth.cut(line, to: $0) } ?? line }
    }

    private static func table(_ report: ReleasesReport, _ style: Style) -> [String] {
        var table = Table([
            .init("  NO", .right), .init("CREATED"), .init("COMMIT"), .init("CODE"),
            .init("DATA"), .init("FILES", .right), .init("SIZE", .right),
        ])
        for entry in report.releases { table.add(row(entry, report, style)) }
        let lines = table.render(style: style)
        guard let titles = lines.first else { return [] }
        return [titles]
            + zip(lines.dropFirst(), report.releases).flatMap { line, entry in
                [line] + deployments(entry, style)
            }
    }

    private static func row(
        _ entry: ReleasesReport.Entry, _ report: ReleasesReport, _ style: Style
    ) -> [String] {
        let release = entry.release
        let mark =
            switch release.number {
            case report.live: style.green("●")
            case report.fallback: style.yellow("↩")
            default: " "
            }
        return [
            mark + DisplayWidth.pad(String(release.number), to: 3, isRight: true),
            RecordedTime.iso8601(release.createdMs),
            release.commit.map(commit) ?? "",
            DeploymentText.code(release), release.manifest.short,
            entry.size.map { Format.count(Int($0.files)) } ?? "",
            entry.size.map { Format.bytes($0.bytes) } ?? "",
        ]
    }

    /// Seven digits, and a plus where the files were not those of the commit.
    private static func commit(_ id: String) -> String {
        Format.escaped(String(id.prefix(7))) + (id.hasSuffix("-dirty") ? "+" : "")
    }

    private static func deployments(_ entry: ReleasesReport.Entry, _ style: Style) -> [String] {
        guard !entry.deployments.isEmpty else { return [style.dim("      never deployed")] }
        return entry.deployments.map { deployment in
            let slot = deployment.deployment.slot.map { " in slot \(Format.escaped($0))" } ?? ""
            let kind = deployment.deployment.kind == .rollback ? " by rollback" : ""
            let maker = DeploymentText.maker(deployment.deployment).map { ", \($0)" } ?? ""
            return "      " + DeploymentText.state(deployment, style)
                + style.dim(slot + kind + maker)
        }
    }
}
