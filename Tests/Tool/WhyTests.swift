import Digests
import JSON
import PipelineEngine
import PipelinePlanning
import Terminal
import Testing

@testable import PipelineCommands
@testable import PipelineLedger

@Suite struct WhyTests {
    private func text(_ report: UnitReport, limit: Int = 10) -> [String] {
        WhyText.unit(report, nowMs: 100_000, style: Style(isEnabled: false), limit: limit)
    }

    private func report(
        _ decision: Decision, causes: [UnitReport.Cause] = [], made: UnitReport.Made? = nil,
        failure: PastAttempt? = nil
    ) -> UnitReport {
        UnitReport(
            unit: "compile/a", decision: decision, causes: causes, lastSuccess: made,
            lastFailure: failure)
    }

    private var made: UnitReport.Made {
        UnitReport.Made(
            attempt: pastAttempt(
                reasons: [RecordedReason(reason: "never-ran", text: "has never run")]),
            components: RecordedComponents(
                recipe: ComponentSet([.init("parameter fdr", "25")]),
                code: ComponentSet([.init("a.py", Digest.of("a").hex)]),
                inputs: ComponentSet([.init("in.tsv", Digest.of("in").hex)]), reads: .empty),
            outputs: [OutputRecord(path: "out", digest: Digest.of("out"), size: 1500)])
    }

    @Test func contentsAreShownByShortDigestsAndRecipesInFull() {
        let (old, new) = (Digest.of("old"), Digest.of("new"))
        let reasons: [Reason] = [
            .code(ComponentChange(name: "a.py", before: old.hex, after: new.hex)),
            .input(ComponentChange(name: "in.tsv", before: nil, after: new.hex)),
            .recipe(
                ComponentChange(
                    name: "parameter fdr", before: "25", after: "24 with every word of it")),
            .outputMissing("out"),
        ]
        #expect(
            text(report(.run(reasons))) == [
                "compile/a", "next run: runs", "  code a.py  \(old.short) -> \(new.short)",
                "  input in.tsv  none -> \(new.short)",
                "  parameter fdr  25 -> 24 with every word of it", "  output out is missing",
            ])
    }

    @Test func whatIsUpToDateTellsWhoMadeItWhyAndFromWhat() {
        #expect(
            text(report(.upToDate, made: made)) == [
                "compile/a", "next run: nothing to do, it is up to date",
                "made by run 3 in 1.5s, begun 1970-01-01T00:01:00Z (40s ago, attempt 1)",
                "  because: has never run", "recipe", "  parameter fdr  25",
                "inputs", "  in.tsv  \(Digest.of("in").short)",
                "code", "  a.py  \(Digest.of("a").short)",
                "outputs", "  out  1.5 kB  \(Digest.of("out").short)",
            ])
    }

    @Test func whatWaitsNamesTheUnitsThatHaveTheWork() {
        let causes = [UnitReport.Cause(unit: "compile/first", reason: "code x.py changed")]
        #expect(
            text(report(.waits(on: ["compile/between"]), causes: causes)) == [
                "compile/a", "next run: depends on whether these change what it reads",
                "  compile/first  code x.py changed",
            ])
    }

    @Test func aFailureIsShownWithItsLog() {
        let failure = pastAttempt(outcome: .failed, log: "logs/a.log", message: "broke\u{7}\nmore")
        #expect(
            text(report(.restoreOrRun([.failedBefore("broke")]), failure: failure)).suffix(3) == [
                "failed by run 3 in 1.5s, begun 1970-01-01T00:01:00Z (40s ago, attempt 1)",
                "  broke\\u{7}", "  log: logs/a.log",
            ])
    }

    @Test func longListsAreCut() {
        let missing = (1...12).map { "in\($0)" }
        let lines = text(report(.missingInputs(missing)), limit: 10)
        #expect(lines.count == 13)
        #expect(lines.last == "  … and 2 more (--all shows all)")
        #expect(text(report(.missingInputs(missing)), limit: .max).count == 14)
    }

    @Test func theDocumentHasWholeDigestsAndBothValues() {
        let change = ComponentChange(name: "a.py", before: "1", after: nil)
        let document = WhyJSON.unit(report(.run([.code(change)]), made: made)).text
        #expect(
            document.contains(
                #""reasons":[{"after":null,"before":"1","component":"a.py","#
                    + #""reason":"code-changed","text":"code a.py is gone"}]"#))
        #expect(document.contains(#""decision":"run""#))
        #expect(document.contains(#""sha256":"\#(Digest.of("out").hex)""#))
    }

    @Test func thePastIsATableOfAttempts() {
        let reasons = [RecordedReason(reason: "interrupted", text: "was interrupted")]
        let attempts = [
            pastAttempt(2, run: 12, reasons: reasons), pastAttempt(1, outcome: .failed),
        ]
        #expect(
            WhyPastText.lines(attempts, style: Style(isEnabled: false), width: nil) == [
                "compile/a", "RUN  STARTED               OUTCOME  TOOK  WHY",
                " 12  1970-01-01T00:01:00Z  done     1.5s  was interrupted",
                "  3  1970-01-01T00:01:00Z  failed   1.5s",
            ])
        #expect(
            WhyPastText.lines([], style: Style(isEnabled: false), width: nil) == [
                "it has never been attempted"
            ])
    }
}
