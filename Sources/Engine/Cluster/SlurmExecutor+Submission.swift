import PipelineModel
import PipelinePlanning
import Posix
import Processes
import Slurm

extension SlurmExecutor {
    /// Writes units as batches and submits them. Units that need the same go together.
    func submit(_ units: [SubmittedUnit]) throws {
        let byMemory = Dictionary(grouping: units) { $0.unit.limits.memory ?? 0 }
        for memory in byMemory.keys.sorted() {
            let packs = UnitPacks.packs(
                byMemory[memory] ?? [], seconds: settings.pack, tasks: settings.tasks
            ) { duration($0.unit.name) }
            // A cluster takes no more tasks in one array than its MaxArraySize, 1001 unless it was raised.
            for first in stride(from: 0, to: packs.count, by: 1000) {
                try submit(
                    Array(packs[first..<min(first + 1000, packs.count)]),
                    memory: memory == 0 ? nil : memory)
            }
        }
    }

    private func submit(_ packs: [[SubmittedUnit]], memory: Int64?) throws {
        let name = "pipeline-\(run)-\(Self.distinction())"
        let folder = BatchFolder(name: name)
        var units: [[BatchFolder.Unit]] = []
        for pack in packs { try units.append(pack.map { try describe($0, name) }) }
        try folder.write(
            BatchFolder.Batch(
                stage: stage, root: root, launch: launch, tasks: packs.count,
                writtenNs: Timestamp.now().nanoseconds), units)
        let batch = ClusterBatch(folder, job: nil, units: units)
        batches[name] = batch
        for handed in packs.joined() { jobs[Key(batch: name, attempt: handed.attempt)] = handed }
        let array = SlurmArray(
            name: name, tasks: packs.count, atOnce: settings.tasks, directory: root,
            output: "\(root)/\(folder.path)/task-%a.log", memory: memory,
            processors: settings.processors, timeLimit: settings.timeLimit,
            partition: settings.partition, account: settings.account, quality: settings.quality,
            options: settings.options)
        let job = try submitOnce(array, name)
        batch.job = job
        try FileSystem.writeAtomically("\(job)\n".utf8, to: folder.jobPath)
        let count = packs.reduce(0) { $0 + $1.count }
        emit(
            .note(
                "submitted \(count) \(count == 1 ? "unit" : "units") to Slurm as job \(job), "
                    + "\(packs.count) \(packs.count == 1 ? "task" : "tasks")"))
    }

    private func describe(_ handed: SubmittedUnit, _ batch: String) throws -> BatchFolder.Unit {
        let paths = try aside.paths(
            folder: "\(batch)/\(handed.attempt)-\(BatchFolder.startToken)",
            outputs: handed.unit.outputs)
        return BatchFolder.Unit(
            launch: UnitLaunch(
                handed.unit, attempt: handed.attempt, outputs: paths, log: handed.log, root: root),
            basis: basis(handed.unit))
    }

    /// Submits, and after an answer that leaves it open looks whether it was taken before asking again.
    private func submitOnce(_ array: SlurmArray, _ name: String) throws -> String {
        let tool = try FileSystem.readLink("/proc/self/exe").replacing("'", with: "'\\''")
        let script = "#!/bin/sh\nexec '\(tool)' cluster-task \(name)\n"
        var waitMs = 1000
        // Why it is not known whether Slurm has taken it; as long as that is so, nothing is submitted again.
        var open: SlurmError?
        while true {
            do throws(SlurmError) {
                if let reason = open {
                    if let taken = try client.tasks(named: [name]).first { return taken.job }
                    open = nil
                    // It hung and nothing came of it: a second time would only take as long.
                    if reason.isHung { throw reason }
                }
                return try client.submit(array, script: script)
            } catch {
                let hasHungTwice = error.isHung && waitMs > 1000
                guard error.isTemporary, !hasHungTwice, waitMs <= 64_000, !cancellation.isCancelled
                else { throw open ?? error }
                open = open ?? error
                emit(.note("\(error); asking again in \(waitMs / 1000) s"))
                _ = try Poll.wait([(cancellation.descriptor, .readable)], timeoutMs: waitMs)
                waitMs *= 2
            }
        }
    }

    /// What distinguishes batches of one run, and of ledgers that were started over.
    private static func distinction() -> String {
        String(UInt32.random(in: 0 ... .max), radix: 36)
    }
}
