import Digests
import PipelineModel
import PipelinePlanning
import Posix
import Processes
import Slurm

/// Runs units as tasks of job arrays on a Slurm cluster that shares the project's folder.
///
/// Nothing is lost when this side is killed: the cluster goes on, and the next run takes in what was reported meanwhile
/// and waits for the rest, as long as the units are still to be run on just what they were handed over with.
final class SlurmExecutor: Executor {
    let settings: SlurmConfig
    let client: SlurmClient
    let root: String
    let stage: String
    let launch: StageLaunch
    let run: Int64
    let emit: (RunEvent) -> Void
    let cancellation: Cancellation
    private let readDurations: () throws -> [String: Int64]
    private lazy var durations = (try? readDurations()) ?? [:]  // try?: only for packing
    var toldQueue: ClusterQueue?
    /// The digest of all that decides a unit's outputs as far as it is known before it runs.
    let basis: (UnitSpec) -> String
    private let isSettled: (String) -> Bool

    var aside = StagingArea(.cluster)
    var batches: [String: ClusterBatch] = [:]
    /// Units that were handed over and are not done, by batch and attempt.
    var jobs: [Key: SubmittedUnit] = [:]
    /// Units of earlier runs that may be taken in, by name.
    var held: [String: OrphanedSubmission] = [:]
    /// What is to go into the next batch.
    var waiting: [SubmittedUnit] = []
    var unheard: [ExecutorEvent] = []
    private var waitingSinceNs: Int64 = 0
    private var newsNs: Int64 = 0
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
        var handedNs: Int64?
        /// How often the cluster has lost it.
        var losses = 0
    }

    /// A unit that an earlier run submitted.
    struct OrphanedSubmission {
        let batch: ClusterBatch
        let task: Int
        let unit: BatchFolder.Unit
        /// What the task told of its end; nil while that is to come.
        var told: ClusterBatch.TaskReport?
    }

    init(
        _ settings: SlurmConfig, survey: Survey, stage: String, launch: StageLaunch, run: Int64,
        durations: @escaping () throws -> [String: Int64], cancellation: Cancellation,
        emit: @escaping (RunEvent) -> Void
    ) throws {
        self.settings = settings
        client = SlurmClient(cancel: cancellation)
        root = survey.project.root
        self.stage = stage
        self.launch = launch
        self.run = run
        self.cancellation = cancellation
        self.emit = emit
        readDurations = durations
        basis = { unit in
            Fingerprint.of(
                recipe: unit.recipe.digest, code: survey.judge.fileSet(unit.declaredCode).digest,
                inputs: survey.judge.fileSet(unit.inputs).digest, reads: ComponentSet.empty.digest
            ).hex
        }
        var decisions: [String: Bool] = [:]
        for index in survey.units(of: stage) {
            decisions[survey.graph.units[index].name] = survey.decisions[index].isUpToDate
        }
        isSettled = { decisions[$0] ?? true }
        try resumeSubmissions()
    }

    /// Milliseconds that a unit is likely to take.
    func duration(_ unit: String) -> Int64? { durations[unit] }

    // What is ready is handed over at once: the cluster's own queue decides what runs.
    var room: Int { .max }

    var isBusy: Bool { !jobs.isEmpty }

    func log(of unit: UnitSpec) -> String? { takes(unit)?.unit.launch.log }

    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        var handed = SubmittedUnit(index: index, unit: unit, attempt: attempt, log: log)
        if let found = takes(unit) {
            held[unit.name] = nil
            adopt(found, handed)
            return
        }
        // What is left of an older form of the unit is nobody's any more.
        held[unit.name] = nil
        handed.handedNs = MonotonicClock.nanoseconds()
        if waiting.isEmpty { waitingSinceNs = MonotonicClock.nanoseconds() }
        waiting.append(handed)
    }

    private func takes(_ unit: UnitSpec) -> OrphanedSubmission? {
        held[unit.name].flatMap { $0.unit.basis == basis(unit) ? $0 : nil }
    }

    /// A unit that waits is submitted with what else comes soon: at once where nothing else runs.
    func flush() throws {
        guard !waiting.isEmpty else { return }
        let waitedNs = MonotonicClock.nanoseconds() - waitingSinceNs
        let work = waiting.reduce(0.0) { $0 + Double(duration($1.unit.name) ?? 0) / 1000 }
        guard jobs.isEmpty || waitedNs > Self.gatherNs || work >= settings.pack else { return }
        let units = waiting
        waiting = []
        try submit(units)
    }

    private static let gatherNs: Int64 = 2_000_000_000

    var descriptors: [Int32] { [] }

    /// Soon where something has just happened, seldom where nothing does.
    func patience(_ nowNs: Int64) -> Int? {
        if !unheard.isEmpty { return 0 }
        return nowNs - newsNs < 3_000_000_000 ? 50 : 300
    }

    func news(_ readable: Set<Int32>) throws -> [ExecutorEvent] {
        defer { unheard = [] }
        let now = MonotonicClock.nanoseconds()
        for batch in batches.values where !batch.openTasks.isEmpty {
            do {
                for told in try batch.news() { hear(told, batch) }
                unreadable.remove(batch.folder.name)
            } catch {
                // What cannot be read just now is read the next time: the tasks go on.
                guard unreadable.insert(batch.folder.name).inserted else { continue }
                emit(.note("\(error); the units go on, and it is read again"))
            }
        }
        if !unheard.isEmpty { newsNs = now }
        if now - askedNs > Self.askNs, !jobs.isEmpty {
            askedNs = now
            try askCluster(now)
        }
        return unheard
    }

    private static let askNs: Int64 = 3_000_000_000

    func distrust(_ job: UnitJob) {}

    // Whether a worker has loaded what changed shows at the end of each of its units.
    func retireWorkers() {}

    var clockSkewNs: Int64 { 2_000_000_000 }

    func release(attempt: Int64) {}

    func clear(attempt: Int64, outputs: [String]) {}

    /// Ends the jobs. What they have told stays where it is, for the next run to take in.
    func interrupt() -> (untold: [ExecutorEvent], open: [UnitJob]) {
        let left = jobs.values.map { job($0, paths: [], tookMs: 0) }
        let waited = waiting.map { job($0, paths: [], tookMs: 0) }
        for batch in batches.values where !batch.openTasks.isEmpty {
            do { try client.cancelJobs(named: batch.folder.name) } catch {
                emit(.note("\(error); end it with \"scancel --name=\(batch.folder.name)\""))
            }
        }
        jobs = [:]
        waiting = []
        return ([], left + waited)
    }

    /// Removes batches of which nothing is to come and nothing is wanted.
    func close() {
        let wanted = Set(
            held.values.filter { !isSettled($0.unit.launch.unit) }.map(\.batch.folder.name)
                + jobs.keys.map(\.batch))
        ClusterQueue.remove()
        guard !cancellation.isCancelled else { return }
        for batch in batches.values where !wanted.contains(batch.folder.name) { drop(batch) }
    }

    /// Removes a batch whose tasks are known to be gone; one that may still be at work stays for the next run to see.
    func drop(_ batch: ClusterBatch) {
        do {
            if !batch.openTasks.isEmpty {
                try client.cancelJobs(named: batch.folder.name)
                let left = try client.tasks(named: [batch.folder.name])
                guard !left.contains(where: \.state.isOpen) else { return }
            }
            try remove(batch)
        } catch {
            emit(.note("\(error); \(batch.folder.path) is kept"))
        }
    }

    private func remove(_ batch: ClusterBatch) throws {
        var areas: Set<String> = []
        for output in batch.tasks.flatMap({ $0.units.flatMap(\.launch.outputs) }) {
            guard let end = output.firstRange(of: "/\(batch.folder.name)/")?.upperBound else {
                continue
            }
            areas.insert(String(output[..<end].dropLast()))
        }
        // Ours: both have the name of the batch, and Slurm has none of its tasks any more.
        for area in areas { try FileSystem.removeTree(area) }
        // Ours: as above.
        try FileSystem.removeTree(batch.folder.path)
        batches[batch.folder.name] = nil
    }

    /// - Parameter began: when the unit began, on the day's clock.
    func job(
        _ handed: SubmittedUnit, paths: [String], tookMs: Int64, began: Int64? = nil
    ) -> UnitJob {
        let now = MonotonicClock.nanoseconds()
        var job = UnitJob(
            index: handed.index, attempt: handed.attempt, aside: paths, log: handed.log,
            startedNs: now - tookMs * 1_000_000)
        // What a task tells is heard some time after it: the state of its inputs is that of its own start.
        job.beganNs = began.map { now - (Timestamp.now().nanoseconds - $0) }
        job.handedNs = handed.handedNs
        return job
    }
}
