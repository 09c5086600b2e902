import PipelineEngine
import Terminal
import Testing

@testable import PipelineCommands

@Suite struct EventTextTests {
    private let plain = Style(isEnabled: false)

    private func lines(_ event: RunEvent, isVerbose: Bool = false) -> [String] {
        EventText.lines(event, style: plain, isVerbose: isVerbose)
    }

    private func end(_ outcome: UnitEnd.Outcome) -> RunEvent {
        .unitEnded(
            UnitEnd(
                unit: "compile/a", stage: "compile", outcome: outcome, milliseconds: 1500,
                reasons: ["has never run"]))
    }

    @Test func whatComesAndGoesLeavesNoLine() {
        #expect(lines(.stageStarted(stage: "compile", units: 3)).isEmpty)
        #expect(lines(.unitStarted(unit: "compile/a", stage: "compile"), isVerbose: true).isEmpty)
        #expect(lines(.tick, isVerbose: true).isEmpty)
        #expect(lines(end(.unchanged), isVerbose: true).isEmpty)
    }

    @Test func unitsAreShownOnlyWhenAskedFor() {
        #expect(lines(end(.ran)).isEmpty)
        #expect(lines(end(.ran), isVerbose: true) == ["  ran  compile/a  1.5s  (has never run)"])
        #expect(lines(end(.restored), isVerbose: true) == ["  restored  compile/a"])
    }

    @Test func aFailureIsShownAlwaysByTheFirstLineOfItsMessage() {
        let event = end(.failed(message: "it \u{1B}[31mbroke\nin two lines", log: "a.log"))
        #expect(lines(event) == ["  failed  compile/a: it \\u{1b}[31mbroke"])
    }

    @Test func outputIsEscaped() {
        let event = RunEvent.output(stage: "image", line: "step\r\u{7}")
        #expect(lines(event).isEmpty)
        #expect(lines(event, isVerbose: true) == ["  image  step\\r\\u{7}"])
    }

    @Test func aStageIsSummedUpWithoutWhatDidNotHappen() {
        var summary = StageSummary(stage: "compile")
        summary.ran = 1200
        summary.upToDate = 3
        summary.milliseconds = 80_000
        #expect(
            lines(.stageEnded(summary)) == ["✓ compile  1,200 ran, 3 up to date  1m 20s"])
        summary.blocked = 2
        #expect(
            lines(.stageEnded(summary)) == [
                "✗ compile  1,200 ran, 3 up to date, 2 blocked  1m 20s"
            ])
    }
}
