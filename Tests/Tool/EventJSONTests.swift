import PipelineEngine
import Testing

@testable import PipelineCommands

@Suite struct EventJSONTests {
    @Test func aFailureHasItsMessageAndLog() {
        let end = UnitEnd(
            unit: "compile/a", stage: "compile", outcome: .failed(message: "no\n\"", log: nil),
            milliseconds: 7, reasons: ["r"])
        #expect(
            EventJSON.line(.unitEnded(end))
                == #"{"event":"unit-ended","log":null,"message":"no\n\"","milliseconds":7,"#
                + #""outcome":"failed","reasons":["r"],"stage":"compile","unit":"compile/a"}"#)
    }

    @Test func everyOutcomeHasAWordOfItsOwn() {
        let outcomes: [UnitEnd.Outcome] = [
            .ran, .restored, .unchanged, .failed(message: "", log: nil), .blocked(by: "b"),
            .interrupted,
        ]
        let lines = outcomes.map { outcome in
            EventJSON.line(
                .unitEnded(
                    UnitEnd(unit: "u", stage: "s", outcome: outcome, milliseconds: 0, reasons: [])))
        }
        #expect(Set(lines).count == outcomes.count)
    }

    @Test func ticksAreNotForPrograms() {
        #expect(EventJSON.line(.tick) == nil)
    }

    @Test func aStageTellsItsCounts() {
        var summary = StageSummary(stage: "sync")
        summary.ran = 1
        summary.result = "slot a"
        #expect(
            EventJSON.line(.stageEnded(summary))
                == #"{"blocked":0,"event":"stage-ended","failed":0,"fetched":0,"hashed_files":0,"#
                + #""interrupted":0,"milliseconds":0,"ok":true,"ran":1,"restored":0,"result":"slot a","#
                + #""sent":null,"stage":"sync","unchanged":0,"up_to_date":0}"#)
        summary.transfer = TransferSummary(
            files: 3, bytes: 2048, linked: 2, copied: 1, seconds: 0.5)
        #expect(
            EventJSON.line(.stageEnded(summary))?
                .contains(
                    #""sent":{"bytes":2048,"copied":1,"files":3,"linked":2,"milliseconds":500}"#)
                == true)
    }
}
