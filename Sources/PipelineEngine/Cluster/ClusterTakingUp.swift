import Posix
import Slurm

extension ClusterPlace {
    /// Finds what earlier runs of this stage have submitted.
    func takeUp() throws {
        guard let entries = try? FileSystem.entries(of: BatchFolder.home) else { return }
        var found = 0
        for entry in entries where entry.kind == .directory {
            guard let batch = try earlier(BatchFolder(name: entry.name)) else { continue }
            batches[entry.name] = batch
            found += try hold(batch)
        }
        if found > 0 {
            emit(
                .note(
                    "\(found) \(found == 1 ? "unit" : "units") of an earlier run are with Slurm or came back; they are taken in"
                ))
        }
    }

    /// - Returns: nil for a batch of another stage, and for one that was never whole: that one is removed.
    private func earlier(_ folder: BatchFolder) throws -> ClusterBatch? {
        guard let batch = try? folder.batch() else {
            // Killed while it was written, which is before it was submitted.
            try FileSystem.removeTree(folder.path)
            return nil
        }
        guard batch.stage == stage else { return nil }
        let units = try (0..<batch.tasks).map { try folder.units(of: $0) }
        let job = (try? FileSystem.readText(folder.jobPath)).map {
            String($0.prefix { $0 != "\n" })
        }
        return ClusterBatch(folder, job: job, units: units)
    }

    /// - Returns: how many units may be taken in.
    private func hold(_ batch: ClusterBatch) throws -> Int {
        let alive = Set(
            try client.tasks(named: [batch.folder.name]).filter(\.state.isOpen).map { task in
                batch.job = task.job
                return task.index
            })
        var told: [Int64: ClusterBatch.Told] = [:]
        for record in try batch.news() where record.record.ending != nil {
            told[record.record.attempt] = record
        }
        var count = 0
        for task in batch.tasks.indices {
            if !alive.contains(task) { _ = batch.abandon(task) }
            for unit in batch.tasks[task].units {
                let end = told[unit.launch.attempt]
                guard end.map(isWhole) ?? alive.contains(task) else { continue }
                held[unit.launch.unit] = Held(batch: batch, task: task, unit: unit, told: end)
                count += 1
            }
        }
        return count

        /// What failed is tried again, and what was moved to its place by a run that was killed then is made again.
        func isWhole(_ end: ClusterBatch.Told) -> Bool {
            guard end.record.ending?.failure == nil else { return false }
            let launch = batch.tasks[end.task].units.first {
                $0.launch.attempt == end.record.attempt
            }?.launch.replacing(BatchFolder.startToken, with: "\(end.start)")
            return launch?.outputs.allSatisfy {
                ((try? FileSystem.status($0)) ?? nil) != nil
            } ?? false
        }
    }
}
