import Failures
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

extension StageScheduler {
    /// Submits units, after all of them are on record.
    func start(_ indexes: [Int]) throws {
        let logs = try indexes.map { index in
            let unit = survey.graph.units[index]
            return try executor.log(of: unit) ?? self.logs.prepare("run-\(run)/\(unit.name).log")
        }
        let starts = zip(indexes, logs).map { index, log in
            let unit = survey.graph.units[index]
            return AttemptStart(
                unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: log)
        }
        let attempts = try ledger.startAttempts(starts, run: run, at: time.now())
        for (position, index) in indexes.enumerated() {
            do {
                try prepareInPlace(index, attempt: attempts[position])
                try executor.start(
                    index, survey.graph.units[index], attempt: attempts[position],
                    log: logs[position])
            } catch let error as PosixError {
                // No place to write to: the matter of this unit.
                triesLeft[index] = 0
                try failed(
                    index, attempt: attempts[position], startedNs: time.nanoseconds(),
                    error.failure, log: logs[position])
            } catch let failure as Failure {
                triesLeft[index] = 0
                try failed(
                    index, attempt: attempts[position], startedNs: time.nanoseconds(), failure,
                    log: logs[position])
            }
        }
    }

    /// A unit that was submitted too early waits again: there was no attempt.
    func withdraw(_ job: UnitJob) throws {
        try ledger.takeBackAttempt(job.attempt)
        executor.release(attempt: job.attempt)
        logs.settle(job.log)
        enqueue(job.index)
    }
}
