import FoundationEssentials
import Terminal
import Testing

@testable import PipelineCommands
@testable import PipelineLedger

@Suite struct LogsTests {
    @Test func linesKeepTabsAndShowWhatWouldMoveTheCursor() {
        let text = ["a\tb", "\u{1B}[2Jc", "", "end"]
        #expect(LogsText.lines(text, escapes: true) == ["a\tb", "\\u{1b}[2Jc", "", "end"])
        #expect(LogsText.lines(text, escapes: false) == ["a\tb", "\u{1B}[2Jc", "", "end"])
    }

    @Test func aTitleSaysWhoseLogItIs() {
        let log = UnitLog(attempt: pastAttempt(outcome: .failed, message: "broke\nmore"))
        #expect(
            LogsText.title(log, Style(isEnabled: false))
                == "==> compile/a  run 3, failed: broke")
    }

    @Test func aLogThatWasNotKeptIsEmpty() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let log = UnitLog(attempt: pastAttempt(log: folder + "/no-such-log-\(UUID().uuidString)"))
        #expect(try log.tail() == "")
        try log.forEachLines { #expect($0.isEmpty) }
        #expect(log.size == nil)
        #expect(
            LogsText.list([log], style: Style(isEnabled: false), width: nil).last
                == "  3  done           compile/a  printed nothing")
    }
}
