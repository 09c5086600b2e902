import PipelineEngine
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

    private func lines(_ plans: [StagePlan], showsUnits: Bool = false) -> [String] {
        PlanText.lines(plans, stale: [], style: plain, showsUnits: showsUnits)
    }

    @Test func nothingToDoIsSaid() {
        #expect(lines([plan(0, upToDate: 335)]) == ["✓ compile  335 up to date", "nothing to do"])
    }

    @Test func aLongListIsCutUnlessAskedFor() {
        let short = lines([plan(7, upToDate: 1)])
        #expect(short.first == "→ compile  7 to run, 1 up to date")
        #expect(short.count == 7)
        #expect(short.last == "    … and 2 more (--units shows all)")
        #expect(lines([plan(7)], showsUnits: true).count == 8)
    }

    @Test func actionsAreCountedApart() {
        var plan = plan(1)
        plan.work.append(.init(unit: "compile/m", action: .maybe, reasons: ["waits for x"]))
        plan.work.append(.init(unit: "compile/g", action: .missing, reasons: ["input i is gone"]))
        #expect(
            lines([plan]) == [
                "→ compile  1 to run, 1 depend on these, 1 cannot run",
                "    compile/u0  has never run", "    compile/m  maybe: waits for x",
                "    compile/g  missing: input i is gone",
            ])
    }

    @Test func aDocumentHasTheWorkAndTheStaleFiles() {
        #expect(
            PlanJSON.document([plan(1, upToDate: 2)], stale: [])
                == #"{"stages":[{"notes":[],"stage":"compile","unknown_axes":[],"up_to_date":2,"#
                + #""work":[{"action":"run","reasons":["has never run"],"unit":"compile/u0"}]}],"stale":[]}"#
        )
    }
}
