import Digests
import Terminal

/// What depends on a file, for people.
enum DependentsText {
    static func lines(_ report: Dependents, style: Style, limit: Int) -> [String] {
        var lines = [
            style.bold(Format.escaped(report.path))
                + style.dim(report.digest.map { "  \($0.short)" } ?? "  is not there")
        ]
        lines.append(
            report.maker.map { "made by \(Format.escaped($0))" }
                ?? "no unit makes it: it is where things come from")
        lines += names("read or loaded by", "unit", report.direct, limit)
        lines += names("by way of these, by", "more unit", report.indirect, limit)
        lines += names("which make", "file", report.outputs, limit)
        lines += report.images.map { "stage \(Format.escaped($0)) builds its image from it" }
        lines += releases(report, style, limit)
        if report.isEmpty { lines.append("nothing depends on it, as far as is recorded") }
        return lines
    }

    private static func names(
        _ words: String, _ kind: String, _ names: [String], _ limit: Int
    ) -> [String] {
        guard !names.isEmpty else { return [] }
        let count = "\(Format.count(names.count)) \(kind)\(names.count == 1 ? "" : "s")"
        return ["\(words) \(count)"] + names.prefix(limit).map { "  " + Format.escaped($0) }
            + ProvenanceText.rest(names.count, limit)
    }

    private static func releases(
        _ report: Dependents, _ style: Style, _ limit: Int
    ) -> [String] {
        guard !report.releases.isEmpty else { return [] }
        let count = report.releases.count
        var table = Table([.init("", .right), .init(""), .init(""), .init("")])
        for holding in report.releases.prefix(limit) {
            let state =
                switch holding.state {
                case .live: style.green("live")
                case .wasLive: "was live"
                case .never: "never live"
                }
            table.add([
                "  \(holding.release)", Format.escaped(holding.environment), state,
                what(holding, report, style),
            ])
        }
        return ["held by \(Format.count(count)) release\(count == 1 ? "" : "s")"]
            + table.render() + ProvenanceText.rest(count, limit)
    }

    private static func what(
        _ holding: Dependents.Holding, _ report: Dependents, _ style: Style
    ) -> String {
        var parts: [String] = []
        if holding.isCode { parts.append("its code") }
        if holding.isData { parts.append("the file itself") }
        if !holding.files.isEmpty {
            let count = holding.files.count
            parts.append("\(Format.count(count)) file\(count == 1 ? "" : "s") made from it")
        }
        let now = report.digest?.hex
        let others = holding.contents.filter { $0 != now }.sorted().map {
            ShortDigest.shortened($0)
        }
        let content =
            others.isEmpty
            ? style.dim("as it is now")
            : style.yellow("as it was: " + others.prefix(3).joined(separator: ", "))
        return parts.joined(separator: ", ") + "  " + content
    }
}
