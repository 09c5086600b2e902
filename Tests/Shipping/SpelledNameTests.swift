import PipelineShipping
import Testing

/// Names that look alike, or cannot be written, are distinguished by their spelling.
struct SpelledNameTests {
    @Test func accentsShowHowTheyAreWritten() {
        #expect(SpelledName.codePoints("caf\u{E9}.txt") == "caf\\u{e9}.txt")
        #expect(SpelledName.codePoints("cafe\u{301}.txt") == "cafe\\u{301}.txt")
    }

    @Test func bytesThatAreNoText() {
        #expect(SpelledName.bytes([0x62, 0xFF, 0x0A, 0x20]) == "b\\xff\\x0a ")
    }

    @Test func onlyWhatMovesTheCursorIsSpelledInPlainNames() {
        #expect(SpelledName.plain("a\nb\u{1B}[1mü\u{202E}") == "a\\u{a}b\\u{1b}[1mü\\u{202e}")
        #expect(SpelledName.plain("\\xff") == "\\xff")
    }
}
