import Digests
import PipelineLedger
import PipelinePlanning
import Terminal

/// Where a file comes from, for people.
enum ProvenanceText {
    static func lines(
        _ report: Provenance, nowMs: Int64, style: Style, limit: Int
    ) -> [String] {
        var lines = [title(report, style)]
        if let release = report.release {
            lines.append(
                "as in release \(release.number) of \(Format.escaped(release.environment))")
        }
        guard let maker = report.steps.first else {
            return lines + ["no unit made it: it is a file that was put there"]
                + sources("raw input", report.raw, style, limit)
        }
        lines += made(maker, report, nowMs, style)
        if let components = report.made {
            lines += list(
                "recipe",
                components.recipe.entries.map {
                    "\(Format.escaped($0.name))  " + style.dim(Format.escaped($0.value))
                }, limit)
        }
        lines += units(report.steps, style, limit)
        lines += sources("raw input", report.raw, style, limit)
        return lines + sources("code file", report.code, style, limit)
    }

    private static func title(_ report: Provenance, _ style: Style) -> String {
        style.bold(Format.escaped(report.path))
            + (report.size.map { "  \(Format.bytes($0))" } ?? "")
            + (report.digest.map { style.dim("  \($0.short)") } ?? "")
    }

    private static func made(
        _ maker: PastAttempt, _ report: Provenance, _ nowMs: Int64, _ style: Style
    ) -> [String] {
        let took = maker.durationMs.map { " in \(Format.duration(Double($0) / 1000))" } ?? ""
        let word =
            switch maker.outcome {
            case .restored: "restored from the store"
            case .fetched: "fetched from the archive"
            default: "made"
            }
        var lines = [
            "\(word) by \(Format.escaped(maker.unit)) in run \(maker.run)\(took), "
                + "\(RecordedTime.iso8601(maker.startedMs))"
                + style.dim(" (\(RecordedTime.ago(maker.startedMs, now: nowMs)))")
        ]
        if let origin = maker.origin { lines.append("  " + OriginText.line(origin)) }
        lines += maker.reasons.prefix(mostReasons).map {
            "  because: " + Format.escaped(ShortDigest.shortened($0.text))
        }
        if maker.reasons.count > mostReasons {
            lines.append(
                "  … and \(maker.reasons.count - mostReasons) more reasons (--run \(maker.run) has all)"
            )
        }
        guard let run = report.run else { return lines }
        lines.append(
            "  \(Format.escaped(run.command)), by \(Format.escaped(run.user)) on "
                + Format.escaped(run.host))
        return lines + [CommitText.line(run.commit)]
    }

    private static let mostReasons = 3

    private static func units(
        _ steps: [PastAttempt], _ style: Style, _ limit: Int
    ) -> [String] {
        var table = Table([.init(""), .init("")])
        for step in steps.prefix(limit) {
            table.add([
                "  " + Format.escaped(step.unit),
                style.dim("run \(step.run), \(RecordedTime.iso8601(step.startedMs))"),
            ])
        }
        let count = steps.count == 1 ? "1 unit" : "\(Format.count(steps.count)) units"
        return ["by way of \(count)"] + table.render() + rest(steps.count, limit)
    }

    private static func sources(
        _ title: String, _ sources: [Provenance.Source], _ style: Style, _ limit: Int
    ) -> [String] {
        guard !sources.isEmpty else { return [] }
        var table = Table([.init(""), .init(""), .init("")])
        // What is not as it was comes first: it is what a run would notice.
        let sorted = sources.filter { !$0.isAsNow } + sources.filter(\.isAsNow)
        for source in sorted.prefix(limit) {
            table.add([
                "  " + Format.escaped(source.path),
                style.dim(ShortDigest.shortened(source.digest)),
                source.isAsNow
                    ? style.dim("as now")
                    : style.yellow(
                        source.now == "absent"
                            ? "is there no more" : "is \(ShortDigest.shortened(source.now)) now"),
            ])
        }
        let count = "\(Format.count(sources.count)) \(title)\(sources.count == 1 ? "" : "s")"
        return ["from \(count)"] + table.render() + rest(sources.count, limit)
    }

    private static func list(_ title: String, _ lines: [String], _ limit: Int) -> [String] {
        lines.isEmpty
            ? [] : [title] + lines.prefix(limit).map { "  " + $0 } + rest(lines.count, limit)
    }

    static func rest(_ count: Int, _ limit: Int) -> [String] {
        count > limit ? ["  … and \(Format.count(count - limit)) more (--all shows all)"] : []
    }
}

/// The commit of a run or a release, for people.
enum CommitText {
    static func line(_ commit: String?) -> String {
        guard let commit else { return "  of no commit: the project is in no git repository" }
        let isDirty = commit.hasSuffix("-dirty")
        let id = isDirty ? String(commit.dropLast("-dirty".count)) : commit
        return "  commit \(Format.escaped(id))"
            + (isDirty ? ", with changes that were not committed" : "")
    }
}
