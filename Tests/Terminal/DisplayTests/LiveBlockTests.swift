import Terminal
import Testing

@Suite struct LiveBlockTests {
    @Test func theFirstDrawingMovesNothing() {
        #expect(
            LiveBlock.draw(lines: ["a", "b"], previousLineCount: 0, width: 10)
                == "\ra\u{1B}[K\n\rb\u{1B}[K\n")
    }

    @Test(arguments: [
        (["one", "two"], ["1", "2"]), (["one"], ["1", "2", "3"]), (["one", "two", "three"], ["1"]),
        (["one", "two"], []), ([], ["1"]), (["longer line"], ["short"]),
    ])
    func oneBlockReplacesTheOther(before: [String], after: [String]) {
        var screen = Screen()
        screen.write("above\n")
        screen.write(LiveBlock.draw(lines: before, previousLineCount: 0, width: 40))
        #expect(screen.text == ["above"] + before + [""])
        screen.write(LiveBlock.draw(lines: after, previousLineCount: before.count, width: 40))
        #expect(screen.text == ["above"] + after + [""])
    }

    @Test func clearingMakesRoomForOtherLines() {
        var screen = Screen()
        screen.write(LiveBlock.draw(lines: ["one", "two"], previousLineCount: 0, width: 40))
        screen.write(LiveBlock.clear(previousLineCount: 2))
        #expect(screen.text == [""])
        screen.write("message\n")
        screen.write(LiveBlock.draw(lines: ["one"], previousLineCount: 0, width: 40))
        #expect(screen.text == ["message", "one", ""])
        #expect(LiveBlock.clear(previousLineCount: 0) == "")
    }

    @Test func linesAreCutToTheWidth() {
        var screen = Screen()
        screen.write(LiveBlock.draw(lines: ["0123456789"], previousLineCount: 0, width: 5))
        #expect(screen.text == ["0123…", ""])
    }
}
