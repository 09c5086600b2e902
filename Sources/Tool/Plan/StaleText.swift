import PipelineEngine
import Terminal

/// What units made that the definition no longer has, for people.
enum StaleText {
    /// - Parameter former: what is to be said of other paths at which such units once made something.
    static func lines(_ stale: [StaleOutput], former: [String], limit: Int = 10) -> [String] {
        var lines: [String] = []
        if !stale.isEmpty {
            lines += [
                "", "\(stale.count) files were made by units that the definition no longer has;",
                "no pattern reads them, and they leave the next data release:",
            ]
            lines += listed(stale.map(\.path), limit)
        }
        if !former.isEmpty {
            lines += ["", "\(former.count) paths are no longer outputs of units, and are kept:"]
            lines += listed(former, limit)
        }
        return lines
    }

    private static func listed(_ texts: [String], _ limit: Int) -> [String] {
        texts.prefix(limit).map { "  \(Format.escaped($0))" }
            + (texts.count > limit ? ["  … and \(texts.count - limit) more"] : [])
    }
}
