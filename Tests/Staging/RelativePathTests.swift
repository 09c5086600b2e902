import Slots
import Testing

@Suite struct RelativePathTests {
    @Test(arguments: ["a", "a/b.feather", ".hidden", "a b/c\nd", "-x", "ü/\u{301}x", "..a/b.."])
    func takesNamesThatStayInside(_ text: String) throws {
        #expect(try RelativePath(text).text == text)
    }

    @Test(arguments: [
        ("/a", RelativePathError.Reason.absolute), ("", .emptyComponent), ("a//b", .emptyComponent),
        ("a/", .emptyComponent), ("..", .dots), ("a/../b", .dots), ("./a", .dots),
        ("a\0b", .zeroByte),
        (String(repeating: "x", count: 256), .tooLong), (".pipeline-release.json", .reserved),
        (".pipeline-release.json/a", .reserved), ("a/.pipeline-aside-1-2", .reserved),
    ])
    func refusesWhatCouldLeadOut(_ text: String, _ reason: RelativePathError.Reason) {
        #expect(throws: RelativePathError(text: text, reason: reason)) { try RelativePath(text) }
    }

    @Test func comparesBytesNotCharacters() throws {
        let composed = try RelativePath("caf\u{E9}")
        let decomposed = try RelativePath("cafe\u{301}")
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test func namesTheFoldersAboveIt() throws {
        #expect(try RelativePath("a/b/c").folders == [RelativePath("a/b"), RelativePath("a")])
        #expect(try RelativePath("a").folders == [])
        #expect(try RelativePath("a/\u{301}b").folder == RelativePath("a"))
    }
}
