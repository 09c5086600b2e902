/// A screen of its own that leaves no trace: what was on the terminal before is there again afterwards. Pure: it makes
/// the text to write.
package enum FullScreen {
    // xterm's private modes: the alternate screen with the cursor kept (1049), and the cursor shown (25).
    package static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    package static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    /// The text that shows these lines in place of what is there, cut to the screen.
    package static func draw(_ lines: [String], size: TerminalSize) -> String {
        var shown = lines
        if lines.count > size.rows {
            let kept = max(0, size.rows - 1)
            shown = lines.prefix(kept) + ["… and \(lines.count - kept) more lines"]
        }
        // Erased behind each text, not before it, which would flicker; no line break after the last, which would scroll.
        let text = shown.map { DisplayWidth.cut($0, to: size.columns) + "\u{1B}[K" }
        return "\u{1B}[H" + text.joined(separator: "\r\n") + "\u{1B}[J"
    }
}
