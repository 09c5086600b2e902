import Paths
import Testing

struct PathTextTests {
    @Test(
        "the folder of a path, its name and its stem",
        arguments: [
            ("a/b/c.tar.gz", "a/b", "c.tar.gz", "c.tar"), ("c", nil, "c", "c"),
            ("/c", "/", "c", "c"),
            ("a/.env", "a", ".env", ".env"), ("a/", "a", "", ""), ("é/ü.x", "é", "ü.x", "ü"),
            // A character that joins with the slash.
            ("a/\u{301}b", "a", "\u{301}b", "\u{301}b"),
        ] as [(String, String?, String, String)])
    func parts(path: String, folder: String?, name: String, stem: String) {
        #expect(PathText.parent(path) == folder)
        #expect(PathText.folder(path) == folder ?? ".")
        #expect(PathText.name(path).utf8.elementsEqual(name.utf8))
        #expect(PathText.stem(path).utf8.elementsEqual(stem.utf8))
    }

    @Test("all folders above, the nearest first")
    func ancestors() {
        #expect(Array(PathText.ancestors("a/b/c")) == ["a/b", "a"])
        #expect(Array(PathText.ancestors("/a/b")) == ["/a", "/"])
        #expect(Array(PathText.ancestors("a")) == [])
        #expect(Array(PathText.ancestors("/")) == [])
    }

    @Test(
        "a path as if nothing were a link",
        arguments: [
            ("a//b/./c", "a/b/c"), ("a/../b", "b"), ("/a/../b/", "/b"), (".", ""), ("/", "/"),
            ("..", nil), ("a/../..", nil), ("/..", nil),
        ] as [(String, String?)])
    func normalized(path: String, result: String?) { #expect(PathText.normalized(path) == result) }

    @Test("within: by whole names")
    func within() {
        #expect(PathText.isWithin("a/b", "a") && PathText.isWithin("a", "a"))
        #expect(!PathText.isWithin("ab", "a") && !PathText.isWithin("a", "a/b"))
        #expect(PathText.join("", "b") == "b" && PathText.join("a", "b") == "a/b")
        #expect(PathText.depth("a/b/c") == 2)
    }

    @Test(
        "one name by wildcards",
        arguments: [
            ("*", "a", true), ("*", "", true), ("*", ".a", true), ("a*c", "abc", true),
            ("a*c", "abd", false), ("?", "é", true), ("?", "ab", false), ("[é-ü]x", "öx", true),
            ("[!a]", "b", true), ("[!a]", "a", false), ("[]a]", "]", true), ("[a-c]*", "b1", true),
            ("[a-]", "-", true), ("a[", "a[", true), ("*a*b*c*", "xaybzc", true),
            ("\\a", "\\a", true),
            ("*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ])
    func names(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("options: hidden names, escapes of gitignore(5), and an asterisk alone")
    func options() {
        #expect(!NamePattern("*", .hidesDots).matches(".a"))
        #expect(NamePattern(".*", .hidesDots).matches(".a"))
        #expect(NamePattern("\\*", .escapes).matches("*"))
        #expect(!NamePattern("\\*", .escapes).matches("a"))
        #expect(!NamePattern("[^a]", .escapes).matches("a"))
        #expect(NamePattern("[^a]").matches("^"))
        #expect(!NamePattern("a[", .escapes).matches("a["))
        #expect(!NamePattern("a\\", .escapes).matches("a\\"))
        #expect(NamePattern("a?[b]/*", .onlyAsterisk).matches("a?[b]/c/d"))
    }
}
