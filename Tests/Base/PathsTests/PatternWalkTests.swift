import Paths
import Testing

/// Patterns asked name by name say what they say of whole paths.
struct PatternWalkTests {
    /// What a walk along the path finds: the indices of patterns, and whether it is matched.
    private func walk(_ patterns: [String], _ path: String) -> (found: Set<Int>, matches: Bool) {
        let names = path.split(separator: "/").map(String.init)
        var walk = PatternWalk(patterns.map(PathPattern.init))
        var found: Set<Int> = []
        var matches = false
        for (index, name) in names.enumerated() {
            matches = walk.matches(name) { found.insert($0) }
            if index < names.count - 1 { walk = walk.below(name) }
        }
        return (found, matches)
    }

    private static let patterns = [
        "data/*.txt", "data/**", "data/**/a.txt", "**/*.log", "**/.*", "data/logs", "**",
        "a/**/b/**/c",
        "data/[ab]?/x", "**/x/**",
    ]
    private static let paths = [
        "data/a.txt", "data/sub/a.txt", "data/.hidden", "data/.hidden/x.log", "data/logs",
        "data/logs/deep/x.log", "data/b1/x", "data/c1/x", "a/b/c", "a/1/b/2/3/c", "a/b", "x",
        "u/x/v/w",
    ]

    @Test(arguments: patterns)
    func agreeWithWholePaths(pattern: String) {
        let whole = PathPattern(pattern)
        for path in Self.paths {
            let names = path.split(separator: "/")
            // A folder that is matched stands for all below it.
            let expected = names.indices.contains { last in
                whole.matches(names[...last].joined(separator: "/"))
            }
            #expect(walk([pattern], path).matches == expected, "\(pattern) on \(path)")
        }
    }

    @Test func tellWhichPatternMatched() {
        #expect(walk(["data/*.txt", "**/a.*", "nowhere"], "data/a.txt").found == [0, 1])
        #expect(walk(["data/logs", "data/logs/x"], "data/logs/x").found == [0, 1])
        #expect(walk(["nowhere"], "data/a.txt").found == [])
    }

    @Test func tellWhereNothingCanMatch() {
        let start = PatternWalk([PathPattern("data/in/*.txt")])
        #expect(start.below("data").mayMatch)
        #expect(start.below("data").below("in").mayMatch)
        #expect(!start.below("data").below("other").mayMatch)
        #expect(!start.below("site").mayMatch)
        #expect(PatternWalk([PathPattern("data")]).below("data").below("any").mayMatch)
        #expect(!PatternWalk([]).mayMatch)
    }
}
