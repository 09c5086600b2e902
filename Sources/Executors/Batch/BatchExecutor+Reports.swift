import Failures
import PipelineEngine
import Posix

extension BatchExecutor {
    /// A task has reported something of a unit.
    func handle(_ report: SubmittedBatch.TaskReport, _ batch: SubmittedBatch) {
        let key = Key(batch: batch.folder.name, attempt: report.record.attempt)
        guard let submitted = jobs[key] else {
            // Of an earlier run, and not asked for yet.
            for (name, unit) in orphans
            where unit.batch === batch && unit.unit.launch.attempt == report.record.attempt {
                if report.record.ending != nil { orphans[name]?.report = report }
            }
            return
        }
        guard report.record.ending != nil else {
            pending.append(.started(job(submitted, paths: [], tookMs: 0)))
            return
        }
        jobs[key] = nil
        if let ending = report.record.ending, ending.isLost == true {
            return resubmit(submitted, after: ending.failure)
        }
        pending.append(event(of: submitted, report, batch))
    }

    private func event(
        of submitted: SubmittedUnit, _ report: SubmittedBatch.TaskReport, _ batch: SubmittedBatch
    ) -> ExecutorEvent {
        let launch = batch.tasks[report.task].units.first {
            $0.launch.attempt == report.record.attempt
        }?.launch.replacing(BatchFolder.startToken, with: "\(report.start)")
        var done = job(
            submitted, paths: launch?.outputs ?? [], tookMs: report.record.milliseconds ?? 0,
            began: report.record.startedNs)
        // Its files are those of the submission, and so is what its worker has loaded.
        if batch.isArchived { done.startedRemotelyNs = submitted.submittedNs }
        guard let ending = report.record.ending, ending.failure == nil else {
            var failure = report.record.ending?.failure ?? .raised(nil)
            if batch.isArchived { failure = explained(failure, submitted, report.task, batch) }
            return .failed(done, report.record.node.map { failure.at(.host($0)) } ?? failure)
        }
        guard let line = ending.reply else {
            return .done(done, .ofCommand(submitted.attempt), workerStart: nil)
        }
        do {
            return .done(
                done, try WorkerProtocol.reply(line),
                workerStart: batch.isArchived ? nil : ending.workerStart)
        } catch {
            return .failed(done, .unreadableTask(line))
        }
    }

    /// A unit that an earlier run submitted is asked for as it was submitted.
    func adopt(_ found: OrphanedSubmission, _ submitted: SubmittedUnit) {
        var submitted = submitted
        // It began after its batch was written, whatever the clock of the node shows.
        submitted.submittedNs = found.batch.writtenNs.map {
            MonotonicClock.nanoseconds() - (Timestamp.now().nanoseconds - $0)
        }
        let key = Key(batch: found.batch.folder.name, attempt: found.unit.launch.attempt)
        if let report = found.report {
            pending.append(.started(job(submitted, paths: [], tookMs: 0)))
            pending.append(event(of: submitted, report, found.batch))
        } else {
            jobs[key] = submitted
        }
    }
}
