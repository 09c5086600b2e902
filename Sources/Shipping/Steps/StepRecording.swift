import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Processes

/// What a step did, to be recorded with it.
struct StepResult {
    var artifacts: [Artifact]
    /// For people: a digest, an address.
    var text: String
    var address: String?
    /// Numbers about how it went, as JSON.
    var metrics: String?
}

/// Runs a step as an attempt of one unit: begun in the ledger before anything is done, ended after it
/// was verified.
struct StepRecording {
    let session: RunSession
    let stage: Stage
    let unit: String
    let recipe: ComponentSet
    let code: ComponentSet

    func run(
        _ reasons: [Reason], _ body: () throws -> StepResult
    ) throws -> StageSummary {
        let startedNs = MonotonicClock.nanoseconds()
        session.emit(.stageStarted(stage: stage.name, units: 1))
        let attempt = try session.writer.startAttempt(
            run: session.run, unit: unit, stage: stage.name, reasons: reasons, log: nil,
            at: Timestamp.now())
        session.emit(.unitStarted(unit: unit, stage: stage.name))
        var summary = StageSummary(stage: stage.name)
        let outcome: UnitEnd.Outcome
        var failure: Failure?
        do {
            let result = try body()
            try end(attempt, startedNs, .success(success(result)))
            summary.result = result.text
            summary.address = result.address
            outcome = .ran
        } catch {
            let wasCancelled = session.cancellation.isCancelled
            summary.pause = (error as? any PausingError)?.pause
            let found = Failure(of: error)
            if let log = found.log { try session.writer.recordLog(log, of: attempt) }
            try end(attempt, startedNs, wasCancelled ? .interrupted : .failed(message: "\(error)"))
            outcome = wasCancelled ? .interrupted : .failed(message: "\(error)", log: found.log)
            // The one who stopped the run learns what it does not stop: an update goes on at AWS.
            let isOver = wasCancelled && summary.pause != .goesOn
            failure = isOver ? nil : found.at(.unit(unit))
        }
        let took = milliseconds(since: startedNs)
        let unitEnd = UnitEnd(
            unit: unit, stage: stage.name, outcome: outcome, milliseconds: took,
            reasons: reasons.map(\.text), failure: failure)
        summary.count(unitEnd)
        summary.milliseconds = took
        session.emit(.unitEnded(unitEnd))
        return summary
    }

    private func success(_ result: StepResult) -> AttemptEnd.Success {
        AttemptEnd.Success(
            wasRestored: false, recipe: recipe, code: code, inputs: .empty, reads: .empty,
            artifacts: result.artifacts, files: [:], result: nil, metrics: result.metrics)
    }

    private func end(
        _ attempt: Int64, _ startedNs: Int64, _ outcome: AttemptEnd.Outcome
    ) throws {
        try session.writer.endAttempts([
            AttemptEnd(
                attempt: attempt, unit: unit, outcome: outcome, ended: Timestamp.now(),
                durationMs: milliseconds(since: startedNs))
        ])
    }

    private func milliseconds(since startedNs: Int64) -> Int64 {
        (MonotonicClock.nanoseconds() - startedNs) / 1_000_000
    }
}

/// The reasons why a step's sets differ from those of its last success.
struct StepComparison {
    let context: ShippingContext

    func reasons(
        unit: String, recipe: ComponentSet, code: ComponentSet
    ) throws -> [Reason] {
        let memory = try context.memory(unit)
        guard let success = memory?.success else {
            guard let failure = memory?.failure else { return [.neverRan] }
            return [failure.wasInterrupted ? .interrupted : .failedBefore(failure.message)]
        }
        return changes(recipe, since: success.recipe).map(Reason.recipe)
            + changes(code, since: success.code).map(Reason.code)
    }

    private func changes(_ now: ComponentSet, since recorded: Digest) -> [ComponentChange] {
        guard now.digest != recorded else { return [] }
        guard let before = context.storedSet(recorded) else {
            return [ComponentChange(name: "record", before: nil, after: now.digest.short)]
        }
        return now.changes(since: before)
    }
}
