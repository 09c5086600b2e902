package import Archive
import Digests
import Failures
import JSON
import Paths
import PipelineEngine
import PipelineStore
import Posix
package import Processes

/// One task of a batch on a machine that does not see the project's folder: it makes one from the archive, runs its pack there as
/// `PackTask` does, and reports in the archive.
///
/// Each start of a task has a folder and names of its own. Killed at any moment and started again by the cluster, it resumes after the
/// last unit whose end is in the archive.
package struct NodeTask {
    /// The word of the command line that runs one: `node-task TASK START`, with `TaskOrders` on standard input.
    package static let word = "node-task"

    /// The exit code of one that could report nothing, since it did not reach the archive (sysexits.h, EX_UNAVAILABLE).
    package static let unreachableExit: Int32 = 69

    private let orders: TaskOrders
    private let key: MessageKey
    private let task: Int
    private let start: Int
    private let open: @Sendable () -> ArchivePlace
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - open: the archive's folder, for one thread.
    ///   - start: how often the task was started before.
    package init(
        _ orders: TaskOrders, task: Int, start: Int, cancellation: Cancellation,
        open: @escaping @Sendable () -> ArchivePlace
    ) throws {
        guard let key = MessageKey(hex: orders.key) else {
            throw Failure(
                "task-description", "what the task has on its standard input is not whole")
        }
        self.orders = orders
        self.key = key
        self.task = task
        self.start = start
        self.open = open
        self.cancellation = cancellation
    }

    private var isInterrupted: () -> Bool { { [cancellation] in cancellation.isCancelled } }

    /// - Returns: whether it came to the end of the pack and has reported it.
    /// - Throws: `Failure` where the archive cannot be reached, so that nothing could be reported there. A unit that fails is no
    ///   error.
    package func run() throws -> Bool {
        let place = open()
        let folder = TaskFolder(place, name: orders.batch)
        let reporter = TaskReporter(
            orders.batch, task: task, start: start, key: key, archive: orders.archive.id, open: open
        )
        do {
            guard try place.mark()?.id == orders.archive.id else {
                throw Failure(
                    "task-archive-unreachable",
                    "\(place.name) on this node is not the project's archive",
                    next: "name it as nodes reach it, under \"archive\" in the executor's options")
            }
            let scratch = try NodeScratch(in: orders.scratch)
            defer { scratch.remove() }
            let description = try TaskDescription(
                orders, task: task, in: folder, isInterrupted: isInterrupted)
            try description.layOut(
                in: scratch.path, NodeCache(scratch.cache), place, isInterrupted: isInterrupted)
            try takeEarlierStarts(folder)
            return try work(description, reporter)
        } catch let error as ArchiveError {
            throw Failure.archiveUnreachable(error)
        } catch let lost as LostInputs {
            try reporter.refuse(lost.failure, lost: lost.contents)
            return true
        } catch let failure as Failure where failure.code != "task-archive-unreachable" {
            try reporter.refuse(failure)
            return true
        } catch let error as PosixError {
            try reporter.refuse(error.failure)
            return true
        }
    }

    private func work(_ description: TaskDescription, _ reporter: TaskReporter) throws -> Bool {
        reporter.begin(description.launches(start: start), known: description.contents)
        let isDone: Bool
        do {
            isDone = try PackTask(
                batch: orders.batch, task: task, start: start, cancellation: cancellation
            ).run()
        } catch {
            try reporter.finish(isCancelled: cancellation.isCancelled)
            throw error
        }
        try reporter.finish(isCancelled: cancellation.isCancelled)
        if isDone { removeEmptyLog() }
        return isDone
    }

    /// What earlier starts have reported is not done again.
    private func takeEarlierStarts(_ folder: TaskFolder) throws {
        guard start > 0 else { return }
        let entries = try folder.entries().compactMap { entry in
            TaskPart.Name(entry.name).map { (name: $0, entry: entry) }
        }.filter { $0.name.task == task && $0.name.start < start }.sorted { $0.name < $1.name }
        let texts = try folder.read(entries.map(\.entry), isInterrupted: isInterrupted)
        let batch = BatchFolder(name: orders.batch)
        for (entry, bytes) in zip(entries, texts) {
            guard let bytes, let part = try TaskPart(bytes, entry.name, of: orders.batch, key)
            else { continue }
            try batch.append(part.records, task, entry.name.start)
        }
    }

    /// The file that the queue has made for what a task prints, where it holds nothing.
    private func removeEmptyLog() {
        let log = "\(orders.log)-\(task).log"
        let status = (try? FileSystem.status(log)) ?? nil  // try?: it stays then
        guard let status, status.size == 0 else { return }
        // ours: the queue has made it for this task, which prints nothing more
        try? FileSystem.remove(log)  // try?: it stays then
    }
}
