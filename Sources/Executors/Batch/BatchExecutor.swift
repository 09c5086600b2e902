package import PipelineEngine
package import PipelinePlanning
import Posix
import Processes
import Texts

/// Runs units as tasks of job arrays on machines that share the project's folder.
///
/// Nothing is lost when this side is killed: the cluster keeps working, and the next run takes in what was reported meanwhile
/// and waits for the rest, as long as the units are still to be run on just what they were submitted with.
package final class BatchExecutor: Executor {
    let settings: BatchSettings
    let queue: any BatchQueue
    /// The program that runs a task: its path, absolute.
    let tool: String
    let root: String
    /// The project's files, its Python environment and its archive, for tasks that reach no more of the project.
    let files: UnitFiles?
    let python: String?
    let archive: (any TaskArchive)?
    /// What brings the reports of such tasks; nil where there are none.
    var relay: BatchRelay?
    let stage: String
    let launch: StageLaunch
    let run: Int64
    let emit: (RunEvent) -> Void
    let cancellation: Cancellation
    private let readDurations: () throws -> [String: Int64]
    private lazy var durations = (try? readDurations()) ?? [:]  // try?: only for packing
    var lastReport: QueueReport?
    /// The digest of all that decides a unit's outputs as far as it is known before it runs.
    let basis: (UnitSpec) -> String
    private let isSettled: (String) -> Bool

    var staging = StagingArea(.cluster)
    var batches: [String: SubmittedBatch] = [:]
    /// Units that were submitted and are not done, by batch and attempt.
    var jobs: [Key: SubmittedUnit] = [:]
    /// Units of earlier runs that may be taken in, by name.
    var orphans: [String: OrphanedSubmission] = [:]
    /// What is to go into the next batch.
    var waiting: [SubmittedUnit] = []
    var pending: [ExecutorEvent] = []
    /// Why units are submitted again, with how many.
    var lossNotes: [String: Int] = [:]
    private var waitingSinceNs: Int64 = 0
    private var eventNs: Int64 = 0
    /// Batches whose records could not be read the last time.
    private var unreadable: Set<String> = []
    private var askedNs: Int64 = 0

    struct Key: Hashable {
        let batch: String
        let attempt: Int64
    }

    /// A unit of this run.
    struct SubmittedUnit {
        let index: Int
        let unit: UnitSpec
        let attempt: Int64
        let log: String
        /// On the monotonic clock; nil where that is not known, in batches of earlier versions.
        var submittedNs: Int64?
        /// How often the cluster has lost it.
        var losses = 0
    }

    /// A unit that an earlier run submitted.
    struct OrphanedSubmission {
        let batch: SubmittedBatch
        let task: Int
        let unit: BatchFolder.Unit
        /// What the task reported of its end; nil while that is to come.
        var report: SubmittedBatch.TaskReport?
    }

    /// - Parameter tool: the program that runs a task; nil for this one.
    package init(
        _ queue: any BatchQueue, _ request: ExecutorProvider.Request, tool: String? = nil
    ) throws {
        settings = BatchSettings(request.options)
        self.queue = queue
        self.tool = try tool ?? FileSystem.readLink("/proc/self/exe")
        root = request.root
        stage = request.stage
        launch = request.launch
        run = request.run
        cancellation = request.cancellation
        emit = request.emit
        readDurations = request.durations
        basis = request.basis
        isSettled = request.isSettled
        files = request.files
        python = request.python
        archive = request.shared as? any TaskArchive
        try resumeSubmissions()
    }

    /// Milliseconds that a unit is likely to take.
    func duration(_ unit: String) -> Int64? { durations[unit] }

    // What is ready is taken at once: the cluster's own queue decides what runs.
    package var room: Int { .max }

    package var isBusy: Bool { !jobs.isEmpty }

    package func log(of unit: UnitSpec) -> String? { orphan(for: unit)?.unit.launch.log }

    package func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        var submitted = SubmittedUnit(index: index, unit: unit, attempt: attempt, log: log)
        if let found = orphan(for: unit) {
            orphans[unit.name] = nil
            adopt(found, submitted)
            return
        }
        // What is left of an older form of the unit is not wanted any more.
        orphans[unit.name] = nil
        submitted.submittedNs = MonotonicClock.nanoseconds()
        if waiting.isEmpty { waitingSinceNs = MonotonicClock.nanoseconds() }
        waiting.append(submitted)
    }

    private func orphan(for unit: UnitSpec) -> OrphanedSubmission? {
        orphans[unit.name].flatMap { $0.unit.basis == basis(unit) ? $0 : nil }
    }

    /// A unit that waits is submitted with what else comes soon: at once where nothing else runs.
    package func flush() throws {
        guard !waiting.isEmpty else { return }
        let waitedNs = MonotonicClock.nanoseconds() - waitingSinceNs
        let work = waiting.reduce(0.0) { $0 + Double(duration($1.unit.name) ?? 0) / 1000 }
        guard jobs.isEmpty || waitedNs > Self.gatherNs || work >= settings.pack else { return }
        let units = waiting
        waiting = []
        try submit(units)
    }

    private static let gatherNs: Int64 = 2_000_000_000

    package var descriptors: [Int32] { relay.map { [$0.mailbox.descriptor] } ?? [] }  // none asks

    /// Soon where something has just happened, seldom where nothing does.
    package func timeout(_ nowNs: Int64) -> Int? {
        if !pending.isEmpty { return 0 }
        return nowNs - eventNs < 3_000_000_000 ? 50 : 300
    }

    package func events(_ readable: Set<Int32>) throws -> [ExecutorEvent] {
        defer { pending = [] }
        let now = MonotonicClock.nanoseconds()
        if let relay { for case .note(let text) in relay.mailbox.take() { emit(.note(text)) } }
        for batch in batches.values where !batch.openTasks.isEmpty {
            do {
                for report in try batch.newReports() { handle(report, batch) }
                unreadable.remove(batch.folder.name)
            } catch {
                // What cannot be read just now is read the next time: the tasks go on.
                guard unreadable.insert(batch.folder.name).inserted else { continue }
                emit(.note("\(error); the units go on, and it is read again"))
            }
        }
        for (reason, count) in lossNotes.sorted(by: { $0.key < $1.key }) {
            let units = count == 1 ? "1 unit is" : "\(count) units are"
            emit(.note("\(units) submitted again: \(reason)"))
        }
        lossNotes = [:]
        if !pending.isEmpty { eventNs = now }
        if now - askedNs > Self.askNs, !jobs.isEmpty {
            askedNs = now
            try pollQueue(now)
        }
        return pending
    }

    private static let askNs: Int64 = 3_000_000_000

    package var clockSkewNs: Int64 { 2_000_000_000 }

    package func release(attempt: Int64) {}

    package func clear(attempt: Int64, outputs: [String]) {}

    /// Ends the jobs. What they have reported stays where it is, for the next run to take in.
    package func interrupt() -> (unreported: [ExecutorEvent], open: [UnitJob]) {
        let left = jobs.values.map { job($0, paths: [], tookMs: 0) }
        let waited = waiting.map { job($0, paths: [], tookMs: 0) }
        for batch in batches.values where !batch.openTasks.isEmpty {
            do { try queue.cancelJobs(named: batch.folder.name) } catch {
                let command = queue.cancelCommand(batch.folder.name)
                emit(.note("\(error); end it with \"\(command)\""))
            }
        }
        jobs = [:]
        waiting = []
        return ([], left + waited)
    }

    /// Removes batches of which nothing is to come and nothing is wanted.
    package func close() {
        let wanted = Set(
            orphans.values.filter { !isSettled($0.unit.launch.unit) }.map(\.batch.folder.name)
                + jobs.keys.map(\.batch))
        QueueReport.remove()
        relay?.stop()
        guard !cancellation.isCancelled else { return }
        for batch in batches.values where !wanted.contains(batch.folder.name) { drop(batch) }
    }

    /// Removes a batch whose tasks are known to be gone; one that may still be at work stays for the next run to see.
    func drop(_ batch: SubmittedBatch) {
        do {
            if !batch.openTasks.isEmpty {
                try queue.cancelJobs(named: batch.folder.name)
                let left = try queue.tasks(named: [batch.folder.name])
                guard !left.contains(where: \.state.isOpen) else { return }
            }
            try remove(batch)
        } catch {
            emit(.note("\(error); \(batch.folder.path) is kept"))
        }
    }

    private func remove(_ batch: SubmittedBatch) throws {
        var areas: Set<String> = []
        for output in batch.tasks.flatMap({ $0.units.flatMap(\.launch.outputs) }) {
            guard let end = output.firstRange(of: "/\(batch.folder.name)/")?.upperBound else {
                continue
            }
            areas.insert(String(output[..<end].dropLast()))
        }
        if batch.isArchived { try relay?.remove(batch.folder.name) }
        // Ours: both have the name of the batch, and the queue has none of its tasks any more.
        for area in areas { try FileSystem.removeTree(area) }
        // Ours: as above.
        try FileSystem.removeTree(batch.folder.path)
        batches[batch.folder.name] = nil
    }

    /// - Parameter began: when the unit began, on the day's clock.
    func job(
        _ submitted: SubmittedUnit, paths: [String], tookMs: Int64, began: Int64? = nil
    ) -> UnitJob {
        let now = MonotonicClock.nanoseconds()
        var job = UnitJob(
            index: submitted.index, attempt: submitted.attempt, temporaryPaths: paths,
            log: submitted.log,
            startedNs: now - tookMs * 1_000_000)
        // What a task reports is read some time after it: the state of its inputs is that of its own start.
        job.startedRemotelyNs = began.map { now - (Timestamp.now().nanoseconds - $0) }
        job.submittedNs = submitted.submittedNs
        return job
    }
}
