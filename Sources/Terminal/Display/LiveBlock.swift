/// Lines at the bottom of a terminal that are drawn again in place.
///
/// Pure: it makes the text to write, and the caller remembers how many lines it drew. Between two
/// drawings the cursor stands at the start of the line below the block.
package enum LiveBlock {
    /// The text that replaces the block of `previousLineCount` lines (0 at first) by `lines`.
    ///
    /// Lines are cut to `width` columns, since a line that wraps would be two. A block must be
    /// lower than the terminal: what has scrolled off the top cannot be reached.
    package static func draw(lines: [String], previousLineCount: Int, width: Int) -> String {
        var text = start(previousLineCount)
        for line in lines {
            // Erased behind the text, not before it, which would flicker.
            text += "\r" + DisplayWidth.cut(line, to: width) + eraseToEndOfLine + "\n"
        }
        if lines.count < previousLineCount { text += eraseBelow }
        return text
    }

    /// The text that removes the block, so that other lines can be written in its place.
    package static func clear(previousLineCount: Int) -> String {
        previousLineCount > 0 ? start(previousLineCount) + eraseBelow : ""
    }

    // ECMA-48: CUU, EL and ED.
    private static func start(_ lines: Int) -> String { lines > 0 ? "\r\u{1B}[\(lines)A" : "" }
    private static let eraseToEndOfLine = "\u{1B}[K"
    private static let eraseBelow = "\u{1B}[J"
}
