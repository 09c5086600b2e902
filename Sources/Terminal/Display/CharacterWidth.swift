extension Character {
    /// How many columns a terminal gives the character: 2 for East Asian wide ones (UAX #11) and
    /// emoji, 0 for controls and lone combining marks, else 1. Terminals differ at the edges.
    var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch first.properties.generalCategory {
        case .control, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator,
            .surrogate:
            return 0
        case .format:
            // A soft hyphen is shown; joiners and marks of direction are not.
            return first == "\u{AD}" ? 1 : 0
        default:
            let isWide =
                first.properties.isEmojiPresentation
                || Self.wide.contains { $0.contains(first.value) }
            return isWide ? 2 : 1
        }
    }

    /// Blocks of wide and fullwidth characters in EastAsianWidth.txt.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF,
        0x20000...0x3FFFD,
    ]
}
