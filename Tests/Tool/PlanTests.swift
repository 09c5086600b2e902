import PipelineEngine
import PipelineLedger
import Terminal
import Testing

@testable import PipelineCommands

@Suite struct PlanTests {
    private let plain = Style(isEnabled: false)

    private func plan(_ work: Int, upToDate: Int = 0) -> StagePlan {
        var plan = StagePlan(stage: "compile")
        plan.upToDate = upToDate
        plan.work = (0..<work).map {
            StagePlan.Item(unit: "compile/u\($0)", action: .run, reasons: ["has never run"])
        }
        return plan
    }

    private func lines(
        _ plans: [StagePlan], showsUnits: Bool = false, width: Int? = nil
    ) -> [String] {
        PlanText.lines(
            PlanReport(stages: plans, stale: []), style: plain, width: width,
            showsUnits: showsUnits)
    }

    @Test func nothingToDoIsSaid() {
        #expect(lines([plan(0, upToDate: 335)]) == ["✓ compile  335 up to date", "nothing to do"])
    }

    @Test("many units are reported by their reasons, each only where it is asked for")
    func manyUnits() {
        let short = lines([plan(7, upToDate: 1)])
        #expect(
            short == [
                "→ compile  7 to run, 1 up to date", "    7  has never run",
                "    … --units lists the units",
            ])
        #expect(lines([plan(7)], showsUnits: true).count == 8)
    }

    @Test func actionsAreCountedApart() {
        var plan = plan(1)
        plan.work.append(.init(unit: "compile/m", action: .maybe, reasons: ["waits for x"]))
        plan.work.append(.init(unit: "compile/g", action: .missing, reasons: ["input i is gone"]))
        #expect(
            lines([plan]) == [
                "→ compile  1 to run, 1 depends on what comes before, 1 cannot run",
                "    compile/u0  has never run", "    compile/m  maybe: waits for x",
                "    compile/g  missing: input i is gone",
            ])
    }

    @Test("what is sent, what costs and how long it takes; no line is wider than the terminal")
    func costs() {
        var sync = StagePlan(stage: "sync")
        sync.work = [.init(unit: "sync/aws", action: .run, reasons: ["slot a is to be filled"])]
        sync.transfer = TransferPlan(
            files: 412, bytes: 41_000_000, shared: 20, kept: 3, deletes: 2, seconds: 12)
        sync.expected = DurationEstimate(likely: 12, atMost: 12)
        sync.paid = [
            BillableResource(kind: .transferServer, costPerHour: 0.3, isLeft: false),
            BillableResource(kind: .instance, costPerHour: nil, isLeft: true),
        ]
        let wide = lines([sync])
        #expect(
            wide == [
                "→ sync     1 to run  about 12s",
                "    412 files, 41.0 MB to send; 20 from another slot; "
                    + "3 there already; 2 to delete; about 12s at the last measured throughput",
                "    paid while data is sent: a temporary SFTP server at AWS, about 0.30 USD an hour",
                "    paid: the management instance, started if it is off, at its type's price an hour, "
                    + "left by a killed run; it is taken away first",
                "    sync/aws  slot a is to be filled", "",
                "estimated 12s from earlier runs; paid while data is sent: about 0.30 USD an hour",
            ])
        let narrow = lines([sync], width: 80)
        #expect(narrow.allSatisfy { DisplayWidth.of($0) <= 80 })
        #expect(narrow.contains { $0.hasSuffix("3 there already;") }, "broken, not cut")
        let document = PlanJSON.document(PlanReport(stages: [sync], stale: []))
        #expect(document.contains(#""usd_per_hour":"0.30""#))
        #expect(document.contains(#""likely_ms":12000"#))
    }

    @Test func aDocumentHasTheWorkAndTheStaleFiles() {
        #expect(
            PlanJSON.document(PlanReport(stages: [plan(1, upToDate: 2)], stale: []))
                == #"{"expected":null,"former_outputs":[],"paid":[],"stages":[{"expected":null,"notes":[],"paid":[],"#
                + #""stage":"compile","transfer":null,"unknown_axes":[],"up_to_date":2,"#
                + #""work":[{"action":"run","reasons":["has never run"],"unit":"compile/u0"}]}],"stale":[]}"#
        )
    }

    @Test("many units that moved for one reason are one line")
    func drift() {
        func saved(_ value: String, state: [String: String] = [:]) -> SavedPlan {
            SavedPlan(
                pipelinePlan: 1, project: "p", root: "/p", savedMs: 0,
                request: RunRequest(stages: []), definitions: ["pipeline/pipeline.yaml": "1"],
                stages: [
                    .init(
                        stage: "compile", upToDate: 0, unknownAxes: [],
                        work: ["a", "b", "c"].map {
                            .init(
                                unit: "compile/\($0)", action: "run", reasons: ["has never run"],
                                rests: .init(recipe: "e", code: "e", inputs: value, reads: "e"))
                        }, state: state)
                ], sets: ["e": [:], value: ["raw.txt": value]])
        }
        #expect(saved("1").differences(to: saved("1")) == [])
        #expect(
            saved("1").differences(to: saved("2", state: ["slot a": "x"])).lines == [
                "stage compile: slot a  none -> x", "compile/a and 2 more: raw.txt  1 -> 2",
            ])
    }
}
