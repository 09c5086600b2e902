import Failures
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Processes

extension StageScheduler {
    /// The unit needs nothing more: who waited for it may go on.
    func settle(
        _ index: Int, _ outcome: UnitEnd.Outcome, startedNs: Int64, reasons: [Reason]
    ) {
        openProducers[index] = nil
        report(index, outcome, startedNs: startedNs, reasons: reasons)
        for consumer in survey.graph.consumers[index] {
            guard let count = openProducers[consumer] else { continue }
            openProducers[consumer] = count - 1
            if count == 1 { enqueue(consumer) }
        }
    }

    func failed(_ job: UnitJob, _ failure: Failure) throws {
        try failed(
            job.index, attempt: job.attempt, startedNs: job.startedNs, failure, log: job.log)
    }

    /// The attempt made nothing; the unit is tried again if it may be, else given up with all that
    /// needs it.
    func failed(
        _ index: Int, attempt: Int64, startedNs: Int64, _ failure: Failure, log: String?
    ) throws {
        let unit = survey.graph.units[index]
        let message = failure.text
        let took = (time.nanoseconds() - startedNs) / 1_000_000
        try ledger.endAttempts([
            AttemptEnd(
                attempt: attempt, unit: unit.name, outcome: .failed(message: message),
                ended: time.now(), durationMs: took)
        ])
        executor.clear(attempt: attempt, outputs: unit.stagedOutputs)
        try settleInPlace(index, attempt: attempt)
        if let left = triesLeft[index], left > 0 {
            triesLeft[index] = left - 1
            emit(.note("\(unit.name) failed and is tried again (\(left) left): \(message)"))
            enqueue(index)
            return
        }
        var reported = failure.at(.unit(unit.name))
        reported.log = log
        giveUp(index, .failed(message: message, log: log), reported, startedNs: startedNs)
    }

    /// A unit that cannot even start.
    func refuse(_ index: Int, _ failure: Failure) throws {
        let unit = survey.graph.units[index]
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: [], log: nil, at: time.now()
        )
        triesLeft[index] = 0
        try failed(
            index, attempt: attempt, startedNs: time.nanoseconds(), failure, log: nil)
    }

    private func giveUp(
        _ index: Int, _ outcome: UnitEnd.Outcome, _ failure: Failure? = nil, startedNs: Int64
    ) {
        openProducers[index] = nil
        report(index, outcome, failure, startedNs: startedNs, reasons: reasons[index] ?? [])
        let name = survey.graph.units[index].name
        for consumer in survey.graph.consumers[index] where openProducers[consumer] != nil {
            giveUp(consumer, .blocked(by: name), startedNs: time.nanoseconds())
        }
    }

    private func report(
        _ index: Int, _ outcome: UnitEnd.Outcome, _ failure: Failure? = nil, startedNs: Int64,
        reasons: [Reason]
    ) {
        let end = UnitEnd(
            unit: survey.graph.units[index].name, stage: stage.name, outcome: outcome,
            milliseconds: (time.nanoseconds() - startedNs) / 1_000_000,
            reasons: reasons.map(\.text), failure: failure)
        summary.count(end)
        emit(.unitEnded(end))
        finished(index)
    }

    /// The run is to stop: what runs is ended in steps, and what is complete is kept.
    func interrupt() throws {
        let (unreported, open) = executor.interrupt()
        let observedNs = time.nanoseconds()
        for event in unreported { try handle(event, observedNs: observedNs) }
        try publishRest()
        try close(open)
    }

    /// The run cannot go on: nothing that runs is left.
    func abandon() throws {
        let (unreported, open) = executor.interrupt()
        try close(open + unreported.compactMap(\.endedJob))
    }

    private func close(_ open: [UnitJob]) throws {
        var ends: [AttemptEnd] = []
        for job in open {
            executor.clear(
                attempt: job.attempt, outputs: survey.graph.units[job.index].stagedOutputs)
            ends.append(interrupted(job.index, job.attempt, job.startedNs))
        }
        for (index, attempted) in publishing {
            ends.append(interrupted(index, attempted.attempt, attempted.startedNs))
        }
        try ledger.endAttempts(ends)
        for job in open { try settleInPlace(job.index, attempt: job.attempt) }
    }

    private func interrupted(_ index: Int, _ attempt: Int64, _ startedNs: Int64) -> AttemptEnd {
        report(index, .interrupted, startedNs: startedNs, reasons: reasons[index] ?? [])
        return AttemptEnd(
            attempt: attempt, unit: survey.graph.units[index].name, outcome: .interrupted,
            ended: time.now(),
            durationMs: (time.nanoseconds() - startedNs) / 1_000_000)
    }
}
