import Failures
import Posix
import Slurm

extension SlurmExecutor {
    /// A task has told something of a unit.
    func hear(_ told: ClusterBatch.TaskReport, _ batch: ClusterBatch) {
        let key = Key(batch: batch.folder.name, attempt: told.record.attempt)
        guard let handed = jobs[key] else {
            // Of an earlier run, and not asked for yet.
            for (name, unit) in held
            where unit.batch === batch && unit.unit.launch.attempt == told.record.attempt {
                if told.record.ending != nil { held[name]?.told = told }
            }
            return
        }
        guard told.record.ending != nil else {
            unheard.append(.started(job(handed, paths: [], tookMs: 0)))
            return
        }
        jobs[key] = nil
        unheard.append(news(of: handed, told, batch))
    }

    private func news(
        of handed: SubmittedUnit, _ told: ClusterBatch.TaskReport, _ batch: ClusterBatch
    ) -> ExecutorEvent {
        let launch = batch.tasks[told.task].units.first {
            $0.launch.attempt == told.record.attempt
        }?.launch.replacing(BatchFolder.startToken, with: "\(told.start)")
        let done = job(
            handed, paths: launch?.outputs ?? [], tookMs: told.record.milliseconds ?? 0,
            began: told.record.startedNs)
        guard let ending = told.record.ending, ending.failure == nil else {
            let failure = told.record.ending?.failure ?? .said(nil)
            return .failed(done, told.record.node.map { failure.at(.host($0)) } ?? failure)
        }
        guard let line = ending.reply else {
            return .done(done, .ofCommand(handed.attempt), workerStart: nil)
        }
        do {
            return .done(done, try WorkerProtocol.reply(line), workerStart: ending.workerStart)
        } catch {
            return .failed(done, .unreadableTask(line))
        }
    }

    /// A unit that an earlier run submitted is asked for as it was handed over.
    func adopt(_ found: OrphanedSubmission, _ handed: SubmittedUnit) {
        var handed = handed
        // It began after its batch was written, whatever the clock of the node says.
        handed.handedNs = found.batch.writtenNs.map {
            MonotonicClock.nanoseconds() - (Timestamp.now().nanoseconds - $0)
        }
        let key = Key(batch: found.batch.folder.name, attempt: found.unit.launch.attempt)
        if let told = found.told {
            unheard.append(.started(job(handed, paths: [], tookMs: 0)))
            unheard.append(news(of: handed, told, found.batch))
        } else {
            jobs[key] = handed
        }
    }
}
