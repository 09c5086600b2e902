import Archive
import ArchiveHistory
import PipelineEngine
import PipelineModel
import PipelinePlanning
import Posix
import Processes

extension BatchExecutor {
    /// Writes units as batches and submits them. Units that need the same go together.
    func submit(_ units: [SubmittedUnit]) throws {
        for (need, units) in Dictionary(grouping: units, by: Need.init).sorted(by: {
            $0.key < $1.key
        }) {
            let packs = UnitPacks.packs(units, seconds: settings.pack, tasks: settings.tasks) {
                duration($0.unit.name)
            }
            for first in stride(from: 0, to: packs.count, by: queue.mostTasks) {
                try submit(
                    Array(packs[first..<min(first + queue.mostTasks, packs.count)]), need)
            }
        }
    }

    /// What a unit needs of the machine that runs it.
    private struct Need: Hashable, Comparable {
        /// Bytes; nil where the queue decides.
        let memory: Int64?
        /// Whether the C library and the processor may be others than here.
        let isPortable: Bool

        init(_ submitted: SubmittedUnit) {
            memory = submitted.unit.limits.memory
            isPortable = submitted.unit.limits.isPortable
        }

        static func < (left: Need, right: Need) -> Bool {
            (left.memory ?? 0, left.isPortable ? 0 : 1) < (
                right.memory ?? 0, right.isPortable ? 0 : 1
            )
        }
    }

    private func submit(_ packs: [[SubmittedUnit]], _ need: Need) throws {
        let name = "pipeline-\(run)-\(Self.distinction())"
        let folder = BatchFolder(name: name)
        let isArchived = settings.data == .archive
        // Before any file is looked at that goes to the archive.
        let writtenNs = Timestamp.now().nanoseconds
        let placed = isArchived ? try place(packs) : PlacedPacks(packs: packs)
        let packs = placed.packs
        guard !packs.isEmpty else { return }
        var units: [[BatchFolder.Unit]] = []
        for pack in packs { try units.append(pack.map { try describe($0, name) }) }
        try folder.write(
            BatchFolder.Batch(
                stage: stage, root: root, launch: isArchived ? nodeLaunch : launch,
                tasks: packs.count, writtenNs: writtenNs, isArchived: isArchived ? true : nil,
                platform: need.isPortable ? nil : .here),
            units)
        let orders = isArchived ? try publish(folder, units, placed) : nil
        let batch = SubmittedBatch(folder, job: nil, units: units, isArchived: isArchived)
        batches[name] = batch
        for submitted in packs.joined() {
            jobs[Key(batch: name, attempt: submitted.attempt)] = submitted
        }
        let array = BatchArray(
            name: name, tasks: packs.count, atOnce: settings.tasks,
            directory: isArchived ? "/" : root,
            logs: isArchived ? Self.nodeLogs(name) : "\(root)/\(folder.path)/task",
            memory: need.memory, input: orders)
        let command =
            isArchived ? [settings.program, NodeTask.word] : [tool, PackTask.word, name]
        let job = try submitOnce(array, name, command)
        batch.job = job
        try FileSystem.writeAtomically("\(job)\n".utf8, to: folder.jobPath)
        let count = packs.reduce(0) { $0 + $1.count }
        emit(
            .note(
                "submitted \(count) \(count == 1 ? "unit" : "units") to \(queue.title) as job \(job), "
                    + "\(packs.count) \(packs.count == 1 ? "task" : "tasks")"))
    }

    private func describe(_ submitted: SubmittedUnit, _ batch: String) throws -> BatchFolder.Unit {
        let paths = try staging.paths(
            folder: "\(batch)/\(submitted.attempt)-\(BatchFolder.startToken)",
            outputs: submitted.unit.outputs)
        return BatchFolder.Unit(
            launch: UnitLaunch(
                submitted.unit, attempt: submitted.attempt, outputs: paths, log: submitted.log,
                root: settings.data == .archive ? BatchFolder.rootToken : root),
            basis: basis(submitted.unit))
    }

    /// Submits, and after an answer that leaves it open looks whether it was taken before asking again.
    private func submitOnce(
        _ array: BatchArray, _ name: String, _ command: [String]
    ) throws -> String {
        var waitMs = 1000
        // Why it is not known whether the queue has taken it; as long as that is so, nothing is submitted again.
        var open: BatchQueueError?
        while true {
            do throws(BatchQueueError) {
                if let reason = open {
                    if let taken = try queue.tasks(named: [name]).first { return taken.job }
                    open = nil
                    // It hung and nothing came of it: a second time would only take as long.
                    if reason.isHung { throw reason }
                }
                return try queue.submit(array, command: command)
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
        String(UInt64.random(in: 0 ... .max), radix: 36)
    }
}
