import Failures
import PipelineEngine
import Posix

extension BatchExecutor {
    /// Finds what earlier runs of this stage have submitted.
    func resumeSubmissions() throws {
        guard try FileSystem.status(BatchFolder.home) != nil else { return }
        var found = 0
        for entry in try FileSystem.entries(of: BatchFolder.home) where entry.kind == .directory {
            guard let batch = try earlier(BatchFolder(name: entry.name)) else { continue }
            batches[entry.name] = batch
            found += try adoptable(batch)
        }
        if found > 0 {
            emit(
                .note(
                    "\(found) \(found == 1 ? "unit" : "units") of an earlier run are with \(queue.title) or came back; they are taken in"
                ))
        }
    }

    /// - Returns: nil for a batch of another stage, and for one that was never whole: that one is removed, once the queue has
    ///   said that it knows nothing of it.
    /// - Throws: `Failure` where a batch cannot be read, so that it is not known what is with the queue.
    private func earlier(_ folder: BatchFolder) throws -> SubmittedBatch? {
        let batch: BatchFolder.Batch
        do {
            guard try folder.isWhole() else {
                // Killed while it was written, which is before it was submitted.
                if try queue.tasks(named: [folder.name]).isEmpty {
                    // Ours: a batch of this project that was never whole, and that the queue does not know.
                    try FileSystem.removeTree(folder.path)
                }
                return nil
            }
            batch = try folder.batch()
        } catch let error as BatchQueueError {
            throw error
        } catch {
            throw Failure(
                "batch-unreadable", "the batch \(folder.name) cannot be read: \(error)",
                cause:
                    "what it holds may be running on the cluster; it is kept, and nothing is submitted",
                next:
                    "make \(folder.path) readable. If \"\(queue.listCommand(folder.name))\" lists nothing, "
                    + "the folder can be removed", run: .again)
        }
        guard batch.stage == stage else { return nil }
        let units = try (0..<batch.tasks).map { try folder.units(of: $0) }
        let job =
            try FileSystem.status(folder.jobPath) == nil
            ? nil : String(try FileSystem.readText(folder.jobPath).prefix { $0 != "\n" })
        if batch.isArchived == true { try takeReports(folder, units) }
        return SubmittedBatch(
            folder, job: job, units: units, writtenNs: batch.writtenNs,
            isArchived: batch.isArchived == true)
    }

    /// - Returns: how many units may be taken in.
    private func adoptable(_ batch: SubmittedBatch) throws -> Int {
        let alive = Set(
            try queue.tasks(named: [batch.folder.name]).filter(\.state.isOpen).map { task in
                batch.job = task.job
                return task.index
            })
        var reports: [Int64: SubmittedBatch.TaskReport] = [:]
        for report in try batch.newReports() where report.record.ending != nil {
            reports[report.record.attempt] = report
        }
        var count = 0
        for task in batch.tasks.indices {
            if !alive.contains(task) { _ = batch.abandon(task) }
            for unit in batch.tasks[task].units {
                let end = reports[unit.launch.attempt]
                guard try end.map(isWhole) ?? alive.contains(task) else { continue }
                orphans[unit.launch.unit] = OrphanedSubmission(
                    batch: batch, task: task, unit: unit, report: end)
                count += 1
            }
        }
        return count

        /// What failed is tried again, and what was moved to its place by a run that was killed then is made again.
        func isWhole(_ end: SubmittedBatch.TaskReport) throws -> Bool {
            guard end.record.ending?.failure == nil else { return false }
            let launch = batch.tasks[end.task].units.first {
                $0.launch.attempt == end.record.attempt
            }?.launch.replacing(BatchFolder.startToken, with: "\(end.start)")
            return try launch?.outputs.allSatisfy { try FileSystem.status($0) != nil } ?? false
        }
    }
}
