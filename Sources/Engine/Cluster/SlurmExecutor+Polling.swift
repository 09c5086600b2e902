import Failures
import Posix
import Slurm

extension SlurmExecutor {
    /// Looks for tasks that have ended without telling of all their units.
    func askCluster(_ now: Int64) throws {
        let open = batches.values.filter { !$0.openTasks.isEmpty }
        let listed: [SlurmTask]
        do throws(SlurmError) {
            listed = try client.tasks(named: open.map(\.folder.name))
        } catch {
            if case .notInstalled = error { throw error }
            // Not knowing is no reason to give anything up.
            emit(.note("\(error); the units go on, and Slurm is asked again"))
            return
        }
        tellQueue(listed, open)
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
                    // What it told last may not be visible here yet: looked at again the next time.
                    batch.markMissing(task, sinceNs: now)
                    continue
                }
                try giveUp(task, of: batch, missingMs: (now - since) / 1_000_000)
            }
        }
    }

    /// Tells what waits and why, whenever the reasons have changed, and keeps it for `status`.
    private func tellQueue(_ listed: [SlurmTask], _ open: [ClusterBatch]) {
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
        let queue = ClusterQueue(
            run: run, running: running.sorted(), waiting: waiting, reasons: reasons)
        guard queue != toldQueue else { return }
        if Set(queue.reasons.keys) != Set((toldQueue?.reasons ?? [:]).keys), let waits = queue.waits
        {
            emit(.note("Slurm: \(waits); \(running.count) running"))
        }
        toldQueue = queue
        do { try queue.write() } catch {
            emit(.note("\(error); \"pipeline status\" shows an older state"))
        }
    }

    /// A task is gone: its units are judged by how it ended.
    private func giveUp(_ task: Int, of batch: ClusterBatch, missingMs: Int64) throws {
        var end: SlurmEnd?
        if let job = batch.job {
            do throws(SlurmError) { end = try client.end(of: job, task) } catch { return }
        }
        if let end, end.state.isOpen { return }
        // It says that all went well: the records arrive later than that.
        if end?.state == .completed, missingMs < 60_000 { return }
        do {
            for told in try batch.news() { hear(told, batch) }
        } catch {
            // What it told last cannot be read just now: nothing is given up before it was.
            return
        }
        let begun = batch.tasks[task].begun
        let hasBegun = batch.tasks[task].hasBegun
        for attempt in batch.abandon(task) {
            let key = Key(batch: batch.folder.name, attempt: attempt)
            guard let handed = jobs.removeValue(forKey: key) else { continue }
            judge(
                handed, end: end, wasRunning: attempt == begun, hasBegun: hasBegun,
                name: "\(batch.job ?? batch.folder.name)_\(task)", batch.lastWords(of: task))
        }
    }

    private func judge(
        _ handed: SubmittedUnit, end: SlurmEnd?, wasRunning: Bool, hasBegun: Bool, name: String,
        _ lastWords: String
    ) {
        let fail = { (failure: Failure) in
            self.unheard.append(.failed(self.job(handed, paths: [], tookMs: 0), failure))
        }
        switch end?.state {
        case .cancelled:
            fail(Failure("slurm-cancelled", "Slurm's task \(name) was cancelled"))
        case .timedOut where wasRunning:
            fail(
                Failure(
                    "slurm-timeout", "Slurm ended task \(name) at its time limit",
                    next: "raise \"slurm: time\", or give the unit a \"timeout\""))
        case .outOfMemory where wasRunning:
            fail(
                Failure(
                    "slurm-memory", "Slurm ended task \(name) for its memory",
                    next: "raise \"memory\""))
        case .failed(let state) where (wasRunning || !hasBegun) && end?.wasKilled != true:
            fail(
                Failure(
                    "slurm-task-ended",
                    "Slurm's task \(name) ended (\(state), exit code \(end?.exitCode ?? "?") on \(end?.node ?? "?"))",
                    cause: lastWords.isEmpty ? nil : lastWords))
        default:
            again(handed, wasRunning: wasRunning, hasBegun: hasBegun, name, end)
        }
    }

    /// The unit was only in the same task, or the cluster took its node: that is not its fault, up to a point.
    private func again(
        _ handed: SubmittedUnit, wasRunning: Bool, hasBegun: Bool, _ name: String, _ end: SlurmEnd?
    ) {
        var handed = handed
        if wasRunning || !hasBegun { handed.losses += 1 }
        guard handed.losses <= Self.mostLosses else {
            let how = end.map { "\($0.state)" } ?? "Slurm no longer knows how"
            unheard.append(
                .failed(
                    job(handed, paths: [], tookMs: 0),
                    Failure(
                        "slurm-lost",
                        "Slurm lost its task \(handed.losses) times, last \(name) (\(how))")))
            return
        }
        waiting.append(handed)
    }

    private static let mostLosses = 3
}
