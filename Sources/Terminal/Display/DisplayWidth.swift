/// Lengths in columns of a terminal. Sequences of ``Style`` take none.
package enum DisplayWidth {
    /// How many columns a text without line breaks takes.
    package static func of(_ text: String) -> Int {
        pieces(of: text).reduce(0) { $0 + $1.columns }
    }

    /// The text, or as much of it as fits with an ellipsis behind it. Emphasis that the cut would
    /// leave open is ended.
    package static func cut(_ text: String, to width: Int) -> String {
        let pieces = pieces(of: text)
        guard pieces.reduce(0, { $0 + $1.columns }) > width else { return text }
        guard width > 0 else { return "" }
        var kept = ""
        var columns = 0
        var isStyled = false
        for piece in pieces {
            // One column is for the ellipsis.
            if columns + piece.columns > width - 1 { break }
            kept += piece.text
            columns += piece.columns
            isStyled = isStyled || piece.isSequence
        }
        return kept + "…" + (isStyled ? "\u{1B}[0m" : "")
    }

    /// The text with spaces behind it, or before it, up to the width.
    package static func pad(_ text: String, to width: Int, isRight: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - of(text)))
        return isRight ? space + text : text + space
    }

    /// A character, or a whole control sequence.
    private struct Piece {
        let text: Substring
        let columns: Int
        let isSequence: Bool
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var index = text.startIndex
        while index < text.endIndex {
            if let end = endOfSequence(in: text, at: index) {
                pieces.append(Piece(text: text[index..<end], columns: 0, isSequence: true))
                index = end
            } else {
                let next = text.index(after: index)
                let columns = text[index].columns
                pieces.append(Piece(text: text[index..<next], columns: columns, isSequence: false))
                index = next
            }
        }
        return pieces
    }

    /// The end of `ESC [ … letter` (ECMA-48, section 5.4), or nil when none starts here.
    private static func endOfSequence(in text: String, at start: String.Index) -> String.Index? {
        let rest = text.unicodeScalars[start...]
        guard rest.starts(with: "\u{1B}[".unicodeScalars) else { return nil }
        let isFinal = { (scalar: Unicode.Scalar) in (0x40...0x7E).contains(scalar.value) }
        guard let final = rest.dropFirst(2).firstIndex(where: isFinal) else { return nil }
        return text.unicodeScalars.index(after: final)
    }
}
