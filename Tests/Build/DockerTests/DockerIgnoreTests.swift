import Docker
import Testing

/// Tables of what github.com/moby/patternmatcher answers, and of what Docker's client does with it.
@Suite struct DockerIgnoreTests {
    @Test(arguments: [
        ("a", "a"), ("a", "a/b"), ("/a", "a"), ("a/", "a"), ("./a", "a"), ("a//b/../c", "a/c"),
        ("//a", "a"), ("  a\t", "a"), ("a\r", "a"), ("**", "a/b/c"), ("**/", "a"), ("*", "a"),
        ("*", "a/b"), ("**/*.txt", "a.txt"), ("**/*.txt", "a/b/c.txt"), ("*/b", "a/b"),
        ("*/b", "a/b/c"), ("**/b", "b"), ("**/b", "a/a/b"), ("**/b", "a/b/c"), ("**b", "a/xb"),
        ("a/**", "a/b/c"), ("a/**", "a/b"), ("a**", "ab/c"), ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("**/a/**", "x/a/y"), ("a?c", "abc"), ("a?c", "a\u{263A}c"), ("a[b-d]e", "ace"),
        ("a[^b-d]e", "aze"), ("a[^x]b", "a/b"), ("[\\]a]", "]"), ("[x\\-]", "-"), ("a\\*b", "a*b"),
        ("a\\\\", "a\\"), ("\\!a", "!a"), ("\\#a", "#a"), (".*", ".git"), ("a.b", "a.b"),
        ("a(b)|{c}$+", "a(b)|{c}$+"), ("a^b", "a^b"), ("**/**/*.txt", "a/b.txt"), ("***", "a/b"),
        ("a]b*", "a]bc"), ("[a-\u{3B6}]*", "\u{3B1}"), (" #a", "#a"), ("a*", "a\nb"),
    ])
    func matches(_ pattern: String, _ path: String) throws {
        #expect(try DockerIgnore(pattern).isIgnored(path))
    }

    @Test(arguments: [
        ("a", "b"), ("a", "ab"), ("a", "b/a"), ("# a", "a"), ("#a", "#a"), ("", "a"), ("/", "a"),
        (".", "a"), ("..", "a"), ("a/*.txt", "a/b/c.txt"), ("a/**", "a"), ("*.go", "a/b.go"),
        ("a?b", "a/b"), ("a*b", "a/b"), ("**/.foo", "bar.foo"), ("a[b-d]e", "ae"),
        ("abc.def", "abcZdef"),
        ("a???b", "a\u{263A}b"), ("**b*", "xb"), ("x^*", "x^y"), ("caf\u{E9}", "cafe\u{301}"),
        ("**/**/*.txt2", "a/b.txt"), ("A", "a"), ("**/a", "a\nb"), ("a/**/b", "a/x\n/b"),
    ])
    func doesNotMatch(_ pattern: String, _ path: String) throws {
        #expect(try !DockerIgnore(pattern).isIgnored(path))
    }

    @Test(arguments: [
        (["*", "!a"], "a", false), (["*", "!a"], "b", true), (["!a", "*"], "a", true),
        (["*", "!a/b"], "a/b", false), (["*", "!a/b"], "a/c", true),
        (["*", "! /a/b"], "a/b/c", false),
        (["**", "!d/*.whl"], "d/x.whl", false), (["a", "!a/b", "a/b/c"], "a/b/c", true),
        (["a", "!a/b", "a/b/c"], "a/b/d", false), (["*.md", "!README*.md"], "README.md", false),
        (["*.md", "!README*.md", "README-secret.md"], "README-secret.md", true),
        (["*.md", "README-secret.md", "!README*.md"], "README-secret.md", false),
        // Docker skips the third pattern for the folder, which the first has ignored already, and then
        // has nothing to hand down: the file stays.
        (["*", "!a/x", "a"], "a/x", false),
    ])
    func theLastMatchWins(_ patterns: [String], _ path: String, _ isIgnored: Bool) throws {
        #expect(try DockerIgnore(patterns.joined(separator: "\n")).isIgnored(path) == isIgnored)
    }

    @Test(arguments: [
        "!", "! ", "!/", "[", "[^", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "a[", "\\", "[c-a]",
        "a\\d",
        "[*]", "[a",
    ])
    func refusesWhatDockerRefusesOrNobodyMeans(_ pattern: String) {
        #expect(throws: DockerIgnoreError.self) { try DockerIgnore("ok\n\(pattern)\n") }
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstPattern() throws {
        #expect(try DockerIgnore("\u{FEFF}# a\n").isIgnored("# a") == false)
        #expect(try DockerIgnore("\u{FEFF}a\n").isIgnored("a"))
    }

    @Test func theDockerfileAndTheIgnoreFileAreSentAnyway() throws {
        let ignore = try DockerIgnore("*\n").keeping([".dockerignore", "docker/Dockerfile"])
        #expect(!ignore.isIgnored(".dockerignore"))
        #expect(!ignore.isIgnored("docker/Dockerfile"))
        #expect(ignore.isIgnored("docker/other"))
    }

    @Test(arguments: [
        (["a"], "a", false), (["a", "!a/b"], "a", true), (["a", "!a/b/c"], "a/b", true),
        (["a", "!b"], "a", false), (["a", "!b/*"], "a", false), (["a", "!a/*"], "a", true),
        (["a", "!**/c"], "a", true), (["a", "!a/*/c"], "a/b", true),
    ])
    func looksInsideIgnoredFoldersWhereItMust(
        _ patterns: [String], _ folder: String, _ mayHold: Bool
    ) throws {
        let ignore = try DockerIgnore(patterns.joined(separator: "\n"))
        #expect(ignore.mayHoldExceptions(below: folder) == mayHold)
    }
}
