import Testing
import Texts

/// Searches by bytes, under the names that the standard library's module of regular expressions has.
@Suite struct TextSearchTests {
    @Test(
        "what is found, and at which byte; -1 for nothing",
        arguments: [
            ("abcabd", "abd", 3), ("aaab", "aab", 1), ("", "a", -1), ("a", "ab", -1),
            ("line\r\nnext", "\n", 5), ("\u{e9}", "\u{301}", -1), ("e\u{301}", "\u{301}", 1),
            ("a😀b", "😀b", 1), ("abc", "", 0),
        ])
    func ranges(text: String, sought: String, offset: Int) {
        let range = text.firstRange(of: sought)
        let found = range.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
        #expect(found ?? -1 == offset)
        #expect(text.contains(sought) == (offset >= 0))
        if let range { #expect(Array(text.utf8[range]) == Array(sought.utf8)) }
    }

    @Test(
        "each occurrence is replaced, from the left",
        arguments: [
            ("aaaa", "aa", "b", "bb"), ("a-b-c", "-", "--", "a--b--c"), ("abc", "x", "y", "abc"),
            ("abc", "", "y", "abc"), ("a\r\nb", "\r", "", "a\nb"), ("xx", "x", "", ""),
        ])
    func replacements(text: String, old: String, new: String, expected: String) {
        #expect(Array(text.replacing(old, with: new).utf8) == Array(expected.utf8))
    }

    @Test("a part of a text is searched in that part")
    func parts() {
        let text = "one, two, one"
        let rest = text.dropFirst(3)
        let range = rest.firstRange(of: "one")
        #expect(range?.lowerBound == text.index(text.startIndex, offsetBy: 10))
        #expect(!rest.dropLast().contains("one"))
    }
}
