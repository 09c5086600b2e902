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
    /// The same, where the node will not reach it the next time either (sysexits.h, EX_CONFIG).
    package static let otherExit: Int32 = 78

    /// Seconds for which an archive that does not answer is asked again.
    package static let patience = 120.0

    private let orders: TaskOrders
    private let key: MessageKey
    private let task: Int
    private let start: Int
    private let patience: Double
    private let pauseMs: Int
    private let open: @Sendable () -> ArchivePlace
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - start: how often the task was started before.
    ///   - patience: seconds for which an archive that does not answer is asked again.
    ///   - pauseMs: milliseconds before it is.
    ///   - open: the archive's folder, for one thread.
    package init(
        _ orders: TaskOrders, task: Int, start: Int, cancellation: Cancellation,
        patience: Double = NodeTask.patience, pauseMs: Int = 1000,
        open: @escaping @Sendable () -> ArchivePlace
    ) throws {
        guard let key = MessageKey(hex: orders.key) else {
            throw Failure(
                "task-description", "what the task has on its standard input is not whole",
                next: "run the stage again, which submits its units again")
        }
        self.orders = orders
        self.key = key
        self.task = task
        self.start = start
        self.patience = patience
        self.pauseMs = pauseMs
        self.open = open
        self.cancellation = cancellation
    }

    private var isInterrupted: () -> Bool { { [cancellation] in cancellation.isCancelled } }

    /// - Returns: whether it came to the end of the pack and has reported it.
    /// - Throws: `Failure` where the archive cannot be reached, so that nothing could be reported there. A unit that fails is no
    ///   error.
    package func run() throws -> Bool {
        let path = "\(orders.log)-\(task).log"
        let folder = PathText.folder(path)
        let log = try? NodeLog(path, in: NodeScratch.own(in: folder))  // try?: it stays then
        do {
            let isDone = try run(open())
            if isDone { log?.close() }
            return isDone
        } catch let error as ArchiveError {
            throw Failure.archiveUnreachable(error)
        }
    }

    private func run(_ place: ArchivePlace) throws -> Bool {
        let reporter = TaskReporter(
            orders.batch, task: task, start: start, key: key, archive: orders.archive.id,
            patience: patience, open: open)
        func refuse(_ failure: Failure, lost: [StoredContent] = []) throws -> Bool {
            let isLasting = Self.lasting.contains(failure.code)
            try answered { try reporter.refuse(failure, isLasting: isLasting, lost: lost) }
            return true
        }
        do {
            guard try answered({ try place.mark()?.id }) == orders.archive.id else {
                throw Failure(
                    Self.otherArchive, "\(place.name) on this node is not the project's archive",
                    next: "name it as nodes reach it, under \"archive\" in the executor's options")
            }
            let scratch = try NodeScratch(in: orders.scratch)
            defer { scratch.remove() }
            do {
                return try work(in: scratch, place, reporter)
            } catch let error as PosixError {
                throw NodeDisk.explained(error.failure)
            }
        } catch let lost as LostInputs {
            return try refuse(lost.failure, lost: lost.contents)
        } catch let failure as Failure where !Self.isOfTheArchive(failure) {
            return try refuse(failure)
        } catch let error as PosixError {
            return try refuse(error.failure)
        }
    }

    private static let otherArchive = "task-archive-other"

    /// Whether nothing can be reported in the archive.
    private static func isOfTheArchive(_ failure: Failure) -> Bool {
        [otherArchive, "task-archive-unreachable"].contains(failure.code)
    }

    /// Faults of a node that a new try does not cure.
    private static let lasting: Set<String> = [
        "task-disk-full", "disk-full", "task-scratch", "task-python-missing", "task-platform",
        "permission-denied", "read-only-file-system",
    ]

    /// Asks an archive that does not answer again, for as long as the patience lasts.
    private func answered<Value>(_ question: () throws -> Value) throws -> Value {
        var waiting = Patience(seconds: patience)
        while true {
            do { return try question() } catch let error as ArchiveError where error.isOfThePlace {
                let isOver = waiting.isOver(atNs: MonotonicClock.nanoseconds())
                guard !isOver, !cancellation.isCancelled else { throw error }
                _ = try Poll.wait([(cancellation.descriptor, .readable)], timeoutMs: pauseMs)
            }
        }
    }

    private func work(
        in scratch: NodeScratch, _ place: ArchivePlace, _ reporter: TaskReporter
    ) throws -> Bool {
        let folder = TaskFolder(place, name: orders.batch)
        let description = try answered {
            let description = try TaskDescription(
                orders, task: task, in: folder, isInterrupted: isInterrupted)
            try description.layOut(
                in: scratch.path, NodeCache(scratch.cache), place, isInterrupted: isInterrupted)
            try takeEarlierStarts(folder)
            return description
        }
        return try work(description, reporter)
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
}
