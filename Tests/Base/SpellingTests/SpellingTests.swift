import Spelling
import Testing

@Suite struct SpellingTests {
    private let commands = ["run", "plan", "status", "rollback", "releases", "report", "logs"]

    @Test(arguments: [
        ("rnu", "run"), ("rn", "run"), ("runn", "run"), ("satus", "status"), ("stauts", "status"),
        ("rolback", "rollback"), ("roll-back", "rollback"), ("Plan", "plan"), ("STATSU", "status"),
        ("reprot", "report"), ("log", "logs"), ("relaeses", "releases"), ("plan", "plan"),
    ])
    func near(word: String, meant: String) {
        #expect(Spelling.nearest(word, among: commands) == meant)
    }

    @Test(arguments: ["", "deploy", "x", "zzz", "statistics", "runrunrun", "rollforward"])
    func far(word: String) {
        #expect(Spelling.nearest(word, among: commands) == nil)
    }

    @Test func theNearestWins() {
        #expect(Spelling.nearest("inptus", among: ["input", "outputs", "inputs"]) == "inputs")
        #expect(Spelling.nearest("bat", among: ["cat", "hat"]) == "cat")
        #expect(Spelling.nearest("a", among: ["b"]) == nil)
        #expect(Spelling.nearest("a", among: []) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1),
        ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("é日", "日é", 1),
    ])
    func distances(left: String, right: String, expected: Int) {
        #expect(Spelling.distance(left, right) == expected)
        #expect(Spelling.distance(right, left) == expected)
    }
}
