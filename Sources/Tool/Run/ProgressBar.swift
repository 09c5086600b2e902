import Terminal

/// How much of a stage is done, as a bar of half columns.
enum ProgressBar {
    static func text(_ done: Int, of total: Int, columns: Int, style: Style) -> String {
        let halves = total > 0 ? min(done, total) * columns * 2 / total : 0
        let full = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
        let rest = String(repeating: " ", count: columns - (halves + 1) / 2)
        return "[" + style.green(full) + rest + "]"
    }
}
