import Failures
import PipelineEngine
import PipelinePlanning
import Posix

extension BatchExecutor {
    /// Looks for tasks that have ended without a report of all their units.
    func pollQueue(_ now: Int64) throws {
        let open = batches.values.filter { !$0.openTasks.isEmpty }
        let listed: [BatchTask]
        do throws(BatchQueueError) {
            listed = try queue.tasks(named: open.map(\.folder.name))
        } catch {
            if error.kind == .missing { throw error }
            // Not knowing is no reason to give anything up.
            emit(.note("\(error); the units go on, and \(queue.title) is asked again"))
            return
        }
        reportQueue(listed, open)
        var alive: Set<String> = []
        for task in listed where task.state.isOpen {
            alive.insert("\(task.name) \(task.index)")
            batches[task.name]?.job = task.job
        }
        for batch in open {
            for task in batch.openTasks {
                guard !alive.contains("\(batch.folder.name) \(task)") else {
                    batch.markMissing(task, sinceNs: nil)
                    continue
                }
                guard let since = batch.tasks[task].missingSinceNs else {
                    // What it reported last may not be visible here yet: looked at again the next time.
                    batch.markMissing(task, sinceNs: now)
                    continue
                }
                try giveUp(task, of: batch, missingMs: (now - since) / 1_000_000)
            }
        }
    }

    /// Reports what waits and why, whenever the reasons have changed, and keeps it for `status`.
    private func reportQueue(_ listed: [BatchTask], _ open: [SubmittedBatch]) {
        var reasons: [String: Int] = [:]
        var waiting = 0
        for task in listed where task.state == .waiting {
            guard let batch = batches[task.name], batch.tasks.indices.contains(task.index),
                !batch.tasks[task.index].open.isEmpty
            else { continue }
            reasons[task.reason, default: 0] += 1
            waiting += batch.tasks[task.index].open.count
        }
        var running: [String] = []
        for batch in open {
            for task in batch.tasks {
                guard let begun = task.begun else { continue }
                running += task.units.filter { $0.launch.attempt == begun }.map(\.launch.unit)
            }
        }
        let report = QueueReport(
            run: run, queue: queue.title, running: running.sorted(), waiting: waiting,
            reasons: reasons)
        guard report != lastReport else { return }
        if Set(report.reasons.keys) != Set((lastReport?.reasons ?? [:]).keys),
            let waits = report.waits
        {
            emit(.note("\(queue.title): \(waits); \(running.count) running"))
        }
        lastReport = report
        do { try report.write() } catch {
            emit(.note("\(error); \"pipeline status\" shows an older state"))
        }
    }

    /// A task is gone: its units are judged by how it ended.
    private func giveUp(_ task: Int, of batch: SubmittedBatch, missingMs: Int64) throws {
        // What it has reported in the archive is here since a look that began after its end.
        if batch.isArchived, let since = batch.tasks[task].missingSinceNs,
            relay?.lookedNs(batch.folder.name) ?? 0 <= since
        {
            return
        }
        var end: BatchTaskEnd?
        if let job = batch.job {
            do throws(BatchQueueError) { end = try queue.end(of: job, task) } catch { return }
        }
        if let end, end.state.isOpen { return }
        // It completed: the records arrive later than that.
        if end?.state == .completed, missingMs < 60_000 { return }
        do {
            for report in try batch.newReports() { handle(report, batch) }
        } catch {
            // What it reported last cannot be read just now: nothing is given up before it was.
            return
        }
        // The queue started it again and nothing of that was reported, such as where its machine still ended the start before.
        let reportedNothing = (end?.restarts ?? 0) > (batch.tasks[task].newestStart ?? 0)
        let begun = batch.tasks[task].begun
        let hasBegun = batch.tasks[task].hasBegun
        for attempt in batch.abandon(task) {
            let key = Key(batch: batch.folder.name, attempt: attempt)
            guard let submitted = jobs.removeValue(forKey: key) else { continue }
            let name = "\(batch.job ?? batch.folder.name)_\(task)"
            if batch.isArchived, let end, let (problem, isLasting) = nodeProblem(end, batch, task) {
                if isLasting {
                    fail(submitted, problem, name)
                } else {
                    resubmit(submitted, after: queue.failure(problem, task: name))
                }
                continue
            }
            if reportedNothing, case .failed? = end?.state {
                resubmit(submitted, wasRunning: attempt == begun, hasBegun: hasBegun, name, end)
                continue
            }
            settle(
                submitted, end: end, wasRunning: attempt == begun, hasBegun: hasBegun,
                name: name, batch.isArchived ? logPlace(batch, task, end) : batch.logTail(of: task))
        }
    }

    private func settle(
        _ submitted: SubmittedUnit, end: BatchTaskEnd?, wasRunning: Bool, hasBegun: Bool,
        name: String, _ logTail: String
    ) {
        switch end?.state {
        case .cancelled: fail(submitted, .cancelled, name)
        case .timedOut where wasRunning: fail(submitted, .timedOut, name)
        case .outOfMemory where wasRunning: fail(submitted, .outOfMemory, name)
        case .failed where (wasRunning || !hasBegun) && end?.wasKilled != true:
            fail(submitted, .ended(end, log: logTail), name)
        default:
            resubmit(submitted, wasRunning: wasRunning, hasBegun: hasBegun, name, end)
        }
    }

    func fail(_ submitted: SubmittedUnit, _ problem: BatchProblem, _ task: String) {
        pending.append(
            .failed(job(submitted, paths: [], tookMs: 0), queue.failure(problem, task: task)))
    }

    /// The unit was only in the same task, or the cluster took its node: that is not its fault, up to a point.
    private func resubmit(
        _ submitted: SubmittedUnit, wasRunning: Bool, hasBegun: Bool, _ name: String,
        _ end: BatchTaskEnd?
    ) {
        var submitted = submitted
        if wasRunning || !hasBegun { submitted.losses += 1 }
        guard submitted.losses <= Self.mostLosses else {
            return fail(submitted, .lost(times: submitted.losses, end), name)
        }
        waiting.append(submitted)
    }

    /// What it needs, or what it has made, did not arrive, which is not its fault either.
    func resubmit(_ submitted: SubmittedUnit, after failure: Failure?) {
        var submitted = submitted
        submitted.losses += 1
        guard submitted.losses > Self.mostLosses, let failure else {
            lossNotes[failure?.text ?? "what they made was lost", default: 0] += 1
            return waiting.append(submitted)
        }
        pending.append(.failed(job(submitted, paths: [], tookMs: 0), failure))
    }

    static let mostLosses = 3
}
