import Testing

@testable import Bundles

@Suite struct IgnoreFileTests {
    @Test(
        arguments: [
            ("*.cfg", "a/b.cfg", 1), ("*.cfg", "a/b.config", nil), ("/a", "b/a", nil),
            ("/a", "a/b", 1),
            ("a/", "a", nil), ("a/", "x/a/b", 1), ("a/b", "x/a/b", nil), ("**/a/b", "x/y/a/b", 1),
            ("a/**", "a/b/c", 1), ("a/**/c", "a/c", 1), ("a/**/c", "a/x/y/c", 1), ("a?c", "abc", 1),
            ("a*c", "a/c", nil), ("[a-c]x", "bx", 1), ("[!a-c]x", "bx", nil), ("[]]x", "]x", 1),
            ("\\#a", "#a", 1), ("#a", "#a", nil), ("a ", "a", 1), ("a\\ ", "a ", 1),
            ("\r", "a", nil),
            ("*\n!a", "a", nil), ("!a\n*", "a", 2), ("a/\n!a/b", "a/b", 1),
            ("/*\r\n!/a/\r\n", "a/b", nil),
            ("[", "[", nil), ("", "a", nil),
        ] as [(String, String, Int?)])
    func followsTheRulesOfGit(text: String, path: String, line: Int?) {
        #expect(IgnoreFile(text).lineIgnoring(path) == line)
    }
}
