import Dispatch
import Failures
import PipelineEngine
import PipelinePlanning
import Posix

/// Runs units on this machine, some at a time.
final class LocalExecutor: Executor {
    private let root: String
    private let stage: StageLaunch
    private let slots: Int
    private var staging = StagingArea(.local)
    /// Folders of attempts, by attempt; and those that are empty again. Making folders for each of thousands of units,
    /// and removing them, takes longer than small units do.
    private var folders: [Int64: String] = [:]
    private var spare: [String] = []
    private var made = 0
    /// What was submitted and has not ended, by attempt.
    private var open: [Int64: UnitJob] = [:]
    /// Which of these have not begun, the first first.
    private var queued: [Int64] = []
    private var lookahead: Lookahead
    private let orders: Mailbox<WorkerSlotLoop.Order>
    private let inbox: Mailbox<WorkerSlotLoop.Message>
    private var isRunning = false
    private var unsent: [WorkerSlotLoop.Order] = []

    init(_ stage: StageLaunch, root: String, slots count: Int) throws {
        self.root = root
        self.stage = stage
        slots = count
        lookahead = Lookahead(slots: count)
        orders = try Mailbox()
        inbox = try Mailbox()
    }

    /// A worker runs nothing that was not decided after all it ran before: what it loaded may have changed.
    var room: Int { slots + (stage.worker.isEmpty ? lookahead.units : 0) - open.count }

    var isBusy: Bool { !open.isEmpty }

    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        let paths = try staging.prepare(folder: folder(of: attempt), outputs: unit.stagedOutputs)
        let launch = UnitLaunch(unit, attempt: attempt, outputs: paths, log: log, root: root)
        let submitted = WorkerSlotLoop.SubmittedUnit(index: index, launch: launch)
        open[attempt] = submitted.job
        queued.append(attempt)
        unsent.append(.run(submitted))
    }

    func flush() {
        guard !unsent.isEmpty else { return }
        startLoop()
        orders.send(unsent)
        unsent = []
    }

    private func startLoop() {
        guard !isRunning else { return }
        isRunning = true
        let (stage, root, slots, orders, inbox) = (stage, root, slots, orders, inbox)
        DispatchQueue(label: "slots").async { @Sendable in
            WorkerSlotLoop(stage, root: root, slots: slots, orders: orders, outbox: inbox).run()
        }
    }

    var descriptors: [Int32] { [inbox.descriptor] }

    /// A unit that was submitted ahead and has not begun by then was taken for shorter than those before it are.
    private static let mostAheadNs: Int64 = 100_000_000

    func timeout(_ nowNs: Int64) -> Int? {
        guard let first = queued.first, let job = open[first] else { return nil }
        return Int(max(0, job.startedNs + Self.mostAheadNs - nowNs) / 1_000_000) + 1
    }

    func events(_ readable: Set<Int32>) throws -> [ExecutorEvent] {
        let now = MonotonicClock.nanoseconds()
        var events: [ExecutorEvent] = []
        for item in readable.contains(inbox.descriptor) ? inbox.take() : [] {
            switch item {
            case .unit(let event):
                note(event, now)
                events.append(event)
            case .broken(let error):
                isRunning = false
                throw error
            case .stopped, .closed: continue
            }
        }
        if let first = queued.first, let job = open[first], now > job.startedNs + Self.mostAheadNs {
            lookahead = Lookahead(slots: slots)
            unsent.append(.returnWaiting)
        }
        return events
    }

    private func note(_ event: ExecutorEvent, _ nowNs: Int64) {
        switch event {
        case .started(let job):
            open[job.attempt] = job
            queued.removeAll { $0 == job.attempt }
        case .returned(let job):
            open[job.attempt] = nil
            queued.removeAll { $0 == job.attempt }
        case .done(let job, _, _):
            lookahead.ended(nanoseconds: nowNs - job.startedNs)
            open[job.attempt] = nil
        case .failed(let job, _): open[job.attempt] = nil
        }
    }

    func retireWorker(of job: UnitJob) { unsent.append(.retireWorker(index: job.index)) }

    func retireWorkers() { if !stage.worker.isEmpty { unsent.append(.retireWorkers) } }

    private func folder(of attempt: Int64) -> String {
        let folder =
            spare.popLast()
            ?? {
                made += 1
                return "place-\(made)"
            }()
        folders[attempt] = folder
        return folder
    }

    func release(attempt: Int64) {
        if let folder = folders.removeValue(forKey: attempt) { spare.append(folder) }
    }

    func clear(attempt: Int64, outputs: [String]) {
        // Not used again: what wrote there may not have ended yet.
        if let folder = folders.removeValue(forKey: attempt) {
            staging.clear(folder: folder, outputs: outputs)
        }
    }

    func interrupt() -> (unreported: [ExecutorEvent], open: [UnitJob]) {
        unsent = []
        let unreported = end(by: .stop) { if case .stopped = $0 { true } else { false } }
        defer { (open, queued) = ([:], []) }
        return (unreported, open.values.sorted { $0.attempt < $1.attempt })
    }

    func close() {
        unsent = []
        _ = end(by: .close) { if case .closed = $0 { true } else { false } }
        isRunning = false
        try? staging.clearAll(outputs: EmptyCollection<String>())  // try?: the next one clears it
    }

    /// Gives an order and waits until it is followed.
    ///
    /// - Returns: what happened to units before that.
    private func end(
        by order: WorkerSlotLoop.Order, isAnswer: (WorkerSlotLoop.Message) -> Bool
    ) -> [ExecutorEvent] {
        guard isRunning else { return [] }
        orders.send([order])
        var events: [ExecutorEvent] = []
        while true {
            _ = try? Poll.wait([(inbox.descriptor, .readable)])  // try?: it only takes sooner
            let now = MonotonicClock.nanoseconds()
            for item in inbox.take() {
                switch item {
                case .unit(let event):
                    note(event, now)
                    events.append(event)
                case .broken:
                    isRunning = false
                    return events
                case .stopped, .closed: if isAnswer(item) { return events }
                }
            }
        }
    }
}
