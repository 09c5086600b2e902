import Digests
import Failures
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes

/// Runs the units of one stage: one thread that waits for answers, ends, signals and limits, and a
/// queue beside it that publishes outputs.
final class StageScheduler {
    let survey: Survey
    let stage: Stage
    let content: UnitStage
    let ledger: LedgerWriter
    let reader: LedgerReader
    let run: Int64
    let cancellation: Cancellation
    let emit: (RunEvent) -> Void
    let machine: Machine
    var disk: any Disk { machine.disk }
    var time: any TimeSource { machine.time }
    let store: Store

    let executor: any Executor
    /// For outputs from the store.
    var staging: StagingArea
    let logs: LogArea
    /// Ranks in `schedule`.
    private var ready = ReadyQueue()
    private var schedule: UnitSchedule
    private var remaining: RemainingTime
    /// How many producers of a unit are still open, by index; only units that are not settled.
    var openProducers: [Int: Int] = [:]
    var reasons: [Int: [Reason]] = [:]
    var triesLeft: [Int: Int] = [:]
    let watch: ContentWatch
    /// How often a unit ran while what it reads was changed.
    var reruns: [Int: Int] = [:]
    /// What units had made, of files that were seen to hold something else.
    var altered: [String: FileFact] = [:]
    /// Whether a plan that was kept is carried out: what it rests on may not change.
    let isPlanned: Bool
    /// Files that changed since the plan, and that no unit makes.
    var moved: Set<String> = []
    /// Outputs that were there when a command began that writes them in place, by unit.
    var inPlaceFiles: [Int: [String: StatKey]] = [:]
    var nextCountNs: Int64 = 0
    var lastCount: String?
    /// What waits for its outputs to be published.
    var publishing: [Int: Attempted] = [:]
    var queued: [Publisher.Job] = []
    /// How many of `queued` were run, and not taken from the store.
    var queuedRuns = 0
    /// Units of which the store does not have all that it should have.
    var unrestorable: Set<Int> = []
    /// Files whose final names the ledger does not know the states of yet.
    var published: [String: KnownFile] = [:]
    var publisherIsBusy = false
    var debounce = BatchDebounce()
    var debouncedUntilNs: Int64?
    var summary: StageSummary
    /// Contents of the store that came from the archive in this stage, hashed when they arrived.
    var arrived: Set<Digest> = []
    /// Who makes a file, by its path.
    lazy var makers = survey.makers()
    let mailbox: Mailbox<Publisher.Kept>

    /// An attempt whose outputs are written and not yet published.
    struct Attempted {
        let attempt: Int64
        let startedNs: Int64
        /// When the unit itself had ended: waiting to be published is not its time.
        let endedNs: Int64
        let temporaryPaths: [String]
        let log: String?
        let code: ComponentSet
        let inputs: ComponentSet
        let reads: ComponentSet
        let result: String?
        let metrics: String?
        let wasRestored: Bool
        /// Who made it, where that was another clone.
        var origin: ResultOrigin?
    }

    init(
        _ survey: Survey, stage: Stage, content: UnitStage, ledger: LedgerWriter,
        reader: LedgerReader, run: Int64, executor: any Executor, width: Int,
        isPlanned: Bool = false, cancellation: Cancellation, emit: @escaping (RunEvent) -> Void
    ) throws {
        self.survey = survey
        machine = survey.facts.machine
        store = Store(root: Project.storePath, disk: machine.disk)
        staging = StagingArea(.local, disk: machine.disk)
        logs = LogArea(root: Project.logsPath, disk: machine.disk)
        self.isPlanned = isPlanned
        watch = ContentWatch(survey.facts, surveyBegan: survey.began)
        self.stage = stage
        self.content = content
        self.ledger = ledger
        self.reader = reader
        self.run = run
        self.cancellation = cancellation
        self.emit = emit
        self.executor = executor
        summary = StageSummary(stage: stage.name)
        schedule = UnitSchedule([], survey.graph) { _ in nil }
        remaining = RemainingTime(slots: width)
        mailbox = try Mailbox()
    }

    /// Runs what is to be run of these units and returns how it went.
    ///
    /// - Throws: `LedgerError` and `PosixError` where going on would lose records. A unit that fails
    ///   is no error: it is in the summary.
    func execute(_ units: [Int], alsoUpToDate: Int = 0) throws -> StageSummary {
        let began = time.nanoseconds()
        defer {
            executor.close()
            logs.close()
        }
        try fetchShared(units)
        try open(units, alsoUpToDate)
        emit(.stageStarted(stage: stage.name, units: openProducers.count))
        reportRemaining()
        do {
            while !openProducers.isEmpty, !cancellation.isCancelled {
                try startReady()
                try executor.flush()
                startPublishing()
                guard !openProducers.isEmpty else { break }
                try waitForEvents()
            }
        } catch {
            // What cannot go on leaves nothing running.
            try? abandon()  // try?: the first error is the one that is reported
            throw error
        }
        if cancellation.isCancelled { try interrupt() }
        try recordPublished()
        summary.milliseconds = (time.nanoseconds() - began) / 1_000_000
        return summary
    }

    private func open(_ units: [Int], _ alsoUpToDate: Int) throws {
        for index in units where !survey.decisions[index].isUpToDate { openProducers[index] = 0 }
        summary.upToDate = units.count - openProducers.count + alsoUpToDate
        guard !openProducers.isEmpty else { return }
        let graph = survey.graph
        let durations =
            openProducers.count < 200
            ? try reader.durations(of: openProducers.keys.map { graph.units[$0].name })
            : try reader.durations()
        schedule = UnitSchedule(Array(openProducers.keys), graph) {
            durations[graph.units[$0].name]?.last
        }
        remaining.begin(schedule) { durations[graph.units[$0].name] }
        for index in openProducers.keys {
            let count = survey.graph.producers[index].count { openProducers[$0] != nil }
            openProducers[index] = count
            triesLeft[index] = survey.graph.units[index].limits.retries
            if count == 0 { enqueue(index) }
        }
    }

    /// The unit may start.
    func enqueue(_ index: Int) {
        if let rank = schedule.rank[index] { ready.insert(rank) }
    }

    private func reportRemaining() {
        guard let left = remaining.left else { return }
        emit(.expected(stage: stage.name, seconds: left.likely, atMost: left.atMost))
    }

    /// The unit takes no more time.
    func finished(_ index: Int) {
        if remaining.finish(index) { reportRemaining() }
    }

    // What waits to be published is run again after a kill: so it is bounded, however slow the disk is.
    private static let mostQueued = 64

    /// What is taken from the store is soon taken again: many share a commit and the wait for the disk.
    private static let mostRestored = 512

    /// Units in one commit of their starts: what a place takes may be thousands.
    private static let mostStarts = 1000

    /// Hands over units for as long as there are any and there is room.
    private func startReady() throws {
        while true {
            var chosen: [Int] = []
            var stored: [Restorable] = []
            let room = min(executor.room, Self.mostStarts)
            while chosen.count < room, queuedRuns < Self.mostQueued,
                queued.count + stored.count < Self.mostRestored, let rank = ready.popFirst()
            {
                let index = schedule.order[rank]
                if openProducers[index] == 0, try isToStart(index, orRestored: &stored) {
                    chosen.append(index)
                }
            }
            if chosen.isEmpty, stored.isEmpty { return }
            try restore(stored)
            if !chosen.isEmpty { try start(chosen) }
        }
    }

    /// Decides about a unit whose producers are all settled, and does what there is to do but start it.
    ///
    /// - Parameter stored: gets it where its outputs may be taken from the store.
    private func isToStart(_ index: Int, orRestored stored: inout [Restorable]) throws -> Bool {
        let unit = survey.graph.units[index]
        do { try recheck(index) } catch {
            try refuse(index, Failure(of: error))
            return false
        }
        if isPlanned, let path = unit.inputs.first(where: moved.contains) {
            try refuse(index, .changedSincePlan(path))
            return false
        }
        switch isForced(index)
            ? .run([.forced]) : survey.checker.decide(unit, memory: survey.memory[unit.name])
        {
        case .upToDate, .waits:
            settle(index, .unchanged, startedNs: time.nanoseconds(), reasons: [])
            return false
        case .missingInputs(let paths):
            try refuse(index, .missingInput(paths[0], isOwn: unit.outputs.contains(paths[0])))
            return false
        case .unreadable(let failures):
            try refuse(index, .unreadable(failures))
            return false
        case .run(let why):
            reasons[index] = why
            return true
        case .restoreOrRun(let why):
            reasons[index] = why
            guard !unrestorable.contains(index), let unit = try restorable(index) else {
                return true
            }
            stored.append(unit)
            return false
        }
    }

    private func isForced(_ index: Int) -> Bool {
        survey.decisions[index].reasons.contains(.forced)
    }

    // MARK: Waiting

    private func waitForEvents() throws {
        let own = [cancellation.descriptor, mailbox.descriptor]
        let descriptors = own + executor.descriptors
        let now = time.nanoseconds()
        let timeoutMs = min(1000, executor.timeout(now) ?? 1000, debounceMs(now) ?? 1000)
        let ready = try time.wait(descriptors.map { ($0, .readable) }, timeoutMs: timeoutMs)
        if ready.isEmpty { emit(.tick) }
        if !inPlaceFiles.isEmpty { countOutputs(now) }
        if ready.contains(1) { try take(mailbox.take()) }
        let readable = Set(ready.filter { $0 >= own.count }.map { descriptors[$0] })
        // What is looked at from here on is looked at after the end of all units that it reports.
        let observedNs = time.nanoseconds()
        for event in try executor.events(readable) { try handle(event, observedNs: observedNs) }
    }
}
