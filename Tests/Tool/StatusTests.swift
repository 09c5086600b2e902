import Digests
import PipelineEngine
import Terminal
import Testing

@testable import PipelineCommands
@testable import PipelineLedger

@Suite struct StatusTests {
    private func text(_ report: StatusReport, width: Int? = nil) -> [String] {
        StatusText.lines(
            report, nowMs: 100_000, style: Style(isEnabled: false), width: width)
    }

    private func report(
        stages: [StagePlans.Entry] = [], current: CurrentRun? = nil, lastRun: RunRecord? = nil,
        failures: [PastAttempt] = [], environments: [EnvironmentStatus] = []
    ) -> StatusReport {
        StatusReport(
            project: "site", stages: stages, current: current, lastRun: lastRun,
            failures: failures, environments: environments)
    }

    @Test func aNewProjectHasNoPast() {
        #expect(
            text(report()) == ["site", "idle", "there was no run yet", "", "stages"])
    }

    @Test func stagesTellTheirWorkAndItsFirstReason() {
        var plan = StagePlan(stage: "compile")
        plan.upToDate = 2
        plan.work = [.init(unit: "u", action: .run, reasons: ["has never run"])]
        let entries = [
            StagePlans.Entry(plan: plan, problem: nil),
            .init(plan: StagePlan(stage: "push"), problem: "no answer\n"),
        ]
        let report = report(stages: entries)
        #expect(
            text(report).suffix(2) == [
                "  → compile  1 to run, 2 up to date  has never run",
                "  ? push     unknown: no answer\\n",
            ])
        #expect(report.hasWork)
        #expect(report.hasProblem)
    }

    @Test func aRunThatGoesOnShowsItsUnits() {
        var progress = RunProgress()
        progress.done = 1200
        progress.failed = 1
        progress.running = ["compile/a", "compile/b"]
        let lines = text(report(current: CurrentRun(run: runRecord(), progress: progress)))
        #expect(
            lines[1...4] == [
                "run 3 running for 40s: pipeline run  (ann, process 7)",
                "  1,200 done, 1 failed, 2 running", "    compile/a", "    compile/b",
            ])
    }

    @Test(arguments: [("done", "done"), ("crashed", "killed"), (nil, "killed")])
    func theLastRunSaysHowItEnded(outcome: String?, word: String) {
        let run = runRecord(endedMs: 99_000, outcome: outcome)
        #expect(text(report(lastRun: run))[2] == "last run 3 \(word) 1.0s ago: pipeline run")
    }

    @Test func failuresHaveMessageAndLogAndNeverMoveTheCursor() {
        let failure = pastAttempt(
            outcome: .failed, log: "logs/a.log", message: "bad \u{1B}[2J\nsecond line")
        #expect(
            text(report(failures: [failure])).suffix(3) == [
                "failures", "  ✗ compile/a: bad \\u{1b}[2J", "    run 3, 40s ago, log: logs/a.log",
            ])
    }

    @Test func environmentsShowWhatIsLiveAndTheLastFailure() {
        let timeline = DeploymentTimeline([
            deployment(2, release: 2, endedMs: 3000, outcome: "failed", message: "it died"),
            deployment(1, release: 1, endedMs: 2000, outcome: "live"),
        ])
        let status = EnvironmentStatus(
            name: "local", live: timeline.live, release: release(1), trouble: timeline.entries[0])
        let image = Digest.of("image").short
        let data = Digest.of("data").short
        #expect(
            text(report(environments: [status])).suffix(3) == [
                "  local        1  1m 38s  \(image)  \(data)  a",
                "  local: deploy of release 2 failed 1970-01-01T00:00:03Z: it died",
                "  local: not compared with the project; `pipeline status -e local` does",
            ])
    }

    @Test("slots tell which release they hold, and where they say something else themselves")
    func slots() {
        let timeline = DeploymentTimeline([
            deployment(1, release: 1, endedMs: 2000, outcome: "live")
        ])
        var status = EnvironmentStatus(
            name: "local", live: timeline.live, release: release(1), trouble: nil)
        let data = Digest.of("data")
        status.drift = .differs(["data manifest changed from 1 to 2"])
        status.slots = [
            SlotStatus(
                name: "a", state: .complete, manifest: data, releases: [1], isLive: true,
                answer: .holds(data)),
            SlotStatus(
                name: "b", state: .complete, manifest: data, releases: [], isLive: false,
                answer: .nothingBelieved),
            SlotStatus(
                name: "c", state: .empty, manifest: nil, releases: [], isLive: false, answer: nil),
        ]
        #expect(
            text(report(environments: [status])).suffix(4) == [
                "  local: differs from the project: data manifest changed from 1 to 2",
                "    slot a  \(data.short)  release 1           live",
                "    slot b  \(data.short)  data of no release  "
                    + "its content has drifted: it is filled again when needed",
                "    slot c                empty",
            ])
        let document = StatusJSON.document(report(environments: [status]))
        #expect(document.contains(#""has_drifted":true"#))
        #expect(document.contains(#""drift":{"differs":true"#))
    }

    @Test func noLineIsWiderThanTheTerminal() {
        let failure = pastAttempt(
            unit: String(repeating: "u", count: 300), outcome: .failed, message: "m")
        let lines = text(report(failures: [failure]), width: 80)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
    }

    @Test func aRunIsAliveOnlyAsTheSameProcessOfTheSameBoot() {
        let start: (Int32) -> UInt64? = { $0 == 7 ? 70 : nil }
        func isAlive(_ run: RunRecord, host: String = "here") -> Bool {
            run.isAlive(host: host, bootID: "boot", processStart: start)
        }
        #expect(isAlive(runRecord()))
        #expect(!isAlive(runRecord(outcome: "done")))
        #expect(!isAlive(runRecord(bootID: "before")))
        #expect(!isAlive(runRecord(pidStart: 71)))
        #expect(!isAlive(runRecord(), host: "there"))
    }

    @Test func theDocumentHasTheSameKeysWhereThereIsNothing() {
        #expect(
            StatusJSON.document(report())
                == #"{"current_run":null,"environments":[],"failures":[],"former_outputs":[],"last_run":null,"#
                + #""project":"site","stages":[],"stale":[]}"#)
    }
}
