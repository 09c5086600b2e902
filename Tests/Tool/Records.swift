import Digests

@testable import PipelineCommands
@testable import PipelineLedger

// Records as the ledger would give them, with what a test does not care about filled in.

func runRecord(
    _ id: Int64 = 3, startedMs: Int64 = 60_000, endedMs: Int64? = nil, outcome: String? = nil,
    bootID: String = "boot", pidStart: Int64 = 70
) -> RunRecord {
    RunRecord(
        id: id, command: "pipeline run", startedMs: startedMs, endedMs: endedMs, outcome: outcome,
        host: "here", bootID: bootID, pid: 7, pidStart: pidStart, user: "ann", commit: nil)
}

func pastAttempt(
    _ id: Int64 = 1, unit: String = "compile/a", run: Int64 = 3,
    outcome: PastAttempt.Outcome = .done, reasons: [RecordedReason] = [], log: String? = nil,
    message: String? = nil
) -> PastAttempt {
    PastAttempt(
        id: id, unit: unit, stage: "compile", run: run, outcome: outcome, reasons: reasons,
        startedMs: 60_000, durationMs: 1500, log: log, message: message)
}

func deployment(
    _ id: Int64, release: Int64, endedMs: Int64?, outcome: String?, message: String? = nil,
    kind: DeploymentKind = .deploy
) -> DeploymentRecord {
    DeploymentRecord(
        id: id, environment: "local", release: release, releaseID: release, kind: kind,
        replaces: nil, slot: "a",
        version: nil,
        startedMs: 1000, endedMs: endedMs, outcome: outcome, message: message, user: "ann")
}

func release(_ number: Int64, commit: String? = nil) -> ReleaseRecord {
    ReleaseRecord(
        id: number, number: number, environment: "local",
        image: "127.0.0.1:5000/site@sha256:" + Digest.of("image").hex, code: nil,
        manifest: Digest.of("data"), bundle: nil, configuration: Digest.of("{}"), settings: "{}",
        commit: commit, createdMs: 0)
}
