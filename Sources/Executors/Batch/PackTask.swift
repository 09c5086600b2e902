import Archive
import ArchiveHistory
import Failures
import LocalExecution
import Paths
import PipelineEngine
import Posix
package import Processes
import Tracing

/// One task of a batch, on a machine of the cluster: runs the units of its pack, one after the other, with one worker
/// that stays, and reports what came of each as soon as it is on disk.
///
/// It writes nothing that counts: outputs go to the staging folder, records into its own file. Killed at any moment and started again
/// by the cluster, it resumes after the last unit whose end is recorded.
package struct PackTask {
    /// The word of the command line that runs one: `cluster-task BATCH TASK START`.
    package static let word = "cluster-task"

    private let folder: BatchFolder
    private let task: Int
    private let start: Int
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - batch: the name of the batch's folder.
    ///   - task: index of the task in its array.
    ///   - start: how often the task was started before.
    package init(batch: String, task: Int, start: Int, cancellation: Cancellation) {
        folder = BatchFolder(name: batch)
        self.task = task
        self.start = start
        self.cancellation = cancellation
    }

    /// Works in the project's folder, which must be the current one.
    ///
    /// - Returns: whether it came to the end of the pack.
    /// - Throws: what made it impossible to read the pack or to record. A unit that fails is no error.
    package func run() throws -> Bool {
        Descendants.adoptOrphans(true)
        let batch = try folder.batch()
        let done = try endedBefore()
        let records = try Descriptors.open(folder.recordsPath(task, start), .append)
        defer { Descriptors.close(records) }
        try FileSystem.synchronize(folder.path)
        // Beside what the task itself prints: no two machines write into one file.
        let slot = WorkerSlot(
            StageLaunch(
                worker: batch.launch.worker, environment: batch.launch.environment,
                workerLog: folder.taskLog(task)),
            tracer: Tracer(root: try FileSystem.realPath(".")))
        defer { slot.dropWorker() }
        let refusal = batch.platform.flatMap { $0.refusal(of: .here) }
        for unit in try folder.units(of: task) where !done.contains(unit.launch.attempt) {
            guard !cancellation.isCancelled else { return false }
            if try isReplaced() {
                // The start that has replaced this one resumes from here. The cluster is about to end this one;
                // an end of its own could be taken for that of the other.
                slot.dropWorker()
                _ = try Poll.wait(
                    [(cancellation.descriptor, .readable)], timeoutMs: Self.replacedMs)
                return false
            }
            let launch = unit.launch.replacing(BatchFolder.startToken, with: "\(start)")
            try write(
                TaskRecord(
                    attempt: launch.attempt, milliseconds: nil, ending: nil, node: Host.name),
                to: records)
            let startedNs = MonotonicClock.nanoseconds()
            let day = Timestamp.now().nanoseconds
            guard
                let ending = try refusal.map({ TaskRecord.Ending($0) })
                    ?? ended(launch, in: slot, isOnOwnDisk: batch.isArchived == true)
            else { return false }
            let took = (MonotonicClock.nanoseconds() - startedNs) / 1_000_000
            try write(
                TaskRecord(
                    attempt: launch.attempt, milliseconds: took, ending: ending, node: Host.name,
                    startedNs: day),
                to: records)
        }
        return true
    }

    /// - Parameter isOnOwnDisk: whether the task's folder is on the machine's own disk, for this task alone. What a unit that
    ///   failed has left there is removed, so that the next ones have room.
    /// - Returns: nil when it is to stop.
    private func ended(
        _ launch: UnitLaunch, in slot: WorkerSlot, isOnOwnDisk: Bool
    ) throws -> TaskRecord.Ending? {
        guard let ending = try run(launch, in: slot) else { return nil }
        guard isOnOwnDisk, let failure = ending.failure else { return ending }
        let explained = NodeDisk.explained(failure)
        for folder in Set(launch.outputs.map { PathText.folder($0) }) {
            // ours: the attempt's staging folder
            try FileSystem.removeTree(folder)
        }
        return TaskRecord.Ending(explained)
    }

    private func endedBefore() throws -> Set<Int64> {
        var ended: Set<Int64> = []
        for before in 0..<start {
            var reader = TaskRecordReader(folder.recordsPath(task, before))
            for record in try reader.new() where record.ending != nil {
                ended.insert(record.attempt)
            }
        }
        return ended
    }

    private func isReplaced() throws -> Bool {
        try FileSystem.status(folder.recordsPath(task, start + 1)) != nil
    }

    private func write(_ record: TaskRecord, to descriptor: Int32) throws {
        let path = folder.recordsPath(task, start)
        try Descriptors.write(record.line, to: descriptor, path: path)
        // That a unit begins may be lost; that it has ended may not.
        if record.ending != nil { try FileSystem.synchronize(path) }
    }

    /// - Returns: nil when it is to stop.
    private func run(_ launch: UnitLaunch, in slot: WorkerSlot) throws -> TaskRecord.Ending? {
        do {
            for output in launch.outputs {
                try FileSystem.createDirectories(PathText.folder(output))
            }
            try FileSystem.createDirectories(PathText.folder(launch.log), mode: 0o700)
            try slot.start(launch)
        } catch {
            return TaskRecord.Ending(Failure(of: error))
        }
        while true {
            let ready = try Poll.wait(
                [(cancellation.descriptor, .readable), (slot.descriptor, .readable)],
                timeoutMs: slot.timeout(MonotonicClock.nanoseconds()))
            if cancellation.isCancelled {
                slot.stop()
                return nil
            }
            let outcome = ready.contains(1) ? slot.receive() : nil
            switch outcome ?? slot.enforceLimits() {
            case .failed(let failure):
                // The cluster ends a task by a signal to all of its processes: a unit that dies of it has not failed.
                _ = try Poll.wait(
                    [(cancellation.descriptor, .readable)],
                    timeoutMs: slot.wasKilled ? Self.killedMs : Self.signalMs)
                if cancellation.isCancelled { return nil }
                return TaskRecord.Ending(failure)
            case .done(_, let line, let workerStart):
                return TaskRecord.Ending(
                    synchronize(launch), reply: line, workerStart: workerStart)
            case nil: continue
            }
        }
    }

    private static let replacedMs = 300_000

    /// Milliseconds within which a signal reaches all processes of a task.
    private static let signalMs = 500
    /// The same where a signal has ended the unit: on a machine with much to do this task may learn of its own long after.
    private static let killedMs = 5000

    /// Before the unit's end is recorded, its outputs are on disk.
    private func synchronize(_ launch: UnitLaunch) -> Failure? {
        for output in launch.outputs {
            do {
                // What is missing is for the check of the outputs to say, which knows their names.
                if try FileSystem.status(output)?.kind == .file {
                    try FileSystem.synchronize(output)
                }
            } catch {
                return Failure(of: error)
            }
        }
        return nil
    }
}
