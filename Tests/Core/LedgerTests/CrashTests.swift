import PipelineLedger
import PipelinePlanning
import Testing

@Suite struct CrashTests {
    @Test func whatAKilledRunLeftOpenIsClosedByTheNext() throws {
        let scratch = try ScratchLedger()
        let writer = try scratch.writer()
        let killed = try writer.beginRun("pipeline run deploy")
        _ = try writer.succeed(run: killed, unit: "done")
        _ = try writer.startAttempt(
            run: killed, unit: "cut", stage: "compile", reasons: [], log: nil, at: at(2))
        let release = try writer.release("data", run: killed)
        _ = try writer.beginDeployment(
            environment: "local", release: release, kind: .deploy, replaces: nil, slot: "a",
            run: killed, at: at(3))
        let reader = try scratch.reader()
        #expect(try reader.openRuns().map(\.id) == [killed])

        let next = try writer.beginRun(second: 10)
        #expect(try writer.closeCrashedRuns(before: next, at: at(11)) == 1)

        #expect(try reader.openRuns().map(\.id) == [next])
        let closed = try #require(try reader.runs(limit: 9).last)
        #expect(closed.outcome == "crashed")
        #expect(closed.endedMs == 11_000)
        #expect(try reader.unitMemories()["cut"]?.failure?.wasInterrupted == true)
        #expect(try reader.unitMemories()["done"]?.failure == nil)
        let deployment = try #require(try reader.deployments(environment: "local").first)
        #expect(deployment.outcome == "interrupted")
        #expect(try reader.timeline(environment: "local").live == nil)
        #expect(try writer.closeCrashedRuns(before: next, at: at(12)) == 0)
        #expect(try reader.runs(limit: 9).last?.endedMs == 11_000)
    }

    @Test func aRunThatEndedStaysAsItEnded() throws {
        let scratch = try ScratchLedger()
        let writer = try scratch.writer()
        let first = try writer.beginRun()
        try writer.endRun(first, .failed, at: at(5))
        let next = try writer.beginRun()
        _ = try writer.closeCrashedRuns(before: next, at: at(6))
        let run = try #require(try scratch.reader().runs(limit: 9).last)
        #expect(run.outcome == "failed")
        #expect(run.endedMs == 5000)
    }
}
