import Terminal
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("Ａ", 2),
        ("👍", 2), ("👩‍🔬", 2), ("❤\u{FE0F}", 2), ("✔", 1), ("…", 1), ("─█", 2), ("\u{200B}", 0),
        ("\u{1B}[1mab\u{1B}[22m", 2), ("\u{1B}[", 1),
    ])
    func widths(text: String, expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""),
        ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("", 0, ""),
        ("\u{1B}[31mred\u{1B}[39m", 3, "\u{1B}[31mred\u{1B}[39m"),
        ("\u{1B}[31mreddish\u{1B}[39m", 4, "\u{1B}[31mred…\u{1B}[0m"),
    ])
    func cuts(text: String, width: Int, expected: String) {
        let cut = DisplayWidth.cut(text, to: width)
        #expect(cut == expected)
        #expect(DisplayWidth.of(cut) <= width)
    }

    @Test func padding() {
        #expect(DisplayWidth.pad("日", to: 4) == "日  ")
        #expect(DisplayWidth.pad("7", to: 3, isRight: true) == "  7")
        #expect(DisplayWidth.pad("long", to: 2) == "long")
    }
}
