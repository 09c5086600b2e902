import Terminal
import Testing

@Suite struct WrappingTests {
    @Test(
        "lines are continued where a word ends, and words stay whole",
        arguments: [
            ("short", 10, ["short"]),
            ("  failed  one: it ended", 16, ["  failed  one:", "    it ended"]),
            (
                "see https://example.org/long now", 12,
                ["see", "    https://example.org/long", "    now"]
            ),
            ("\u{1B}[31mred\u{1B}[39m and green", 8, ["\u{1B}[31mred\u{1B}[39m and", "    green"]),
            ("日本 語", 6, ["日本", "    語"]),
        ])
    func wraps(text: String, width: Int, expected: [String]) {
        #expect(Wrapping.lines(text, width: width) == expected)
    }
}
