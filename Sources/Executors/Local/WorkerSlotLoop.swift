import Failures
import PipelineEngine
import Posix
import Processes
import Tracing

/// The slots of this machine, on a thread of their own: a unit that ends is followed by the next one at once, whatever
/// the one who records them is waiting for.
final class WorkerSlotLoop {
    /// What the loop receives, in this order.
    enum Order: Sendable {
        /// The unit runs as soon as a slot is idle.
        case run(SubmittedUnit)
        /// The worker that ran this unit runs nothing more.
        case retireWorker(index: Int)
        /// All workers that have been started by now run nothing more than what they run.
        case retireWorkers
        /// What waits is returned.
        case returnWaiting
        /// That too, and what runs is ended.
        case stop
        /// Workers are ended, and the loop with them.
        case close
    }

    /// A unit that was submitted.
    struct SubmittedUnit: Sendable {
        let index: Int
        let launch: UnitLaunch

        /// The unit as it begins, or waits, from now on.
        var job: UnitJob {
            UnitJob(
                index: index, attempt: launch.attempt, temporaryPaths: launch.outputs,
                log: launch.log,
                startedNs: MonotonicClock.nanoseconds())
        }
    }

    enum Message: Sendable {
        case unit(ExecutorEvent)
        case stopped
        case closed
        /// Nothing can be waited for any more.
        case broken(PosixError)
    }

    private let orders: Mailbox<Order>
    private let outbox: Mailbox<Message>
    private let slots: [WorkerSlot]
    private var jobs: [UnitJob?]
    private var waiting: [SubmittedUnit] = []
    /// The first of `waiting` that still waits.
    private var next = 0
    /// Which slot a unit ran in last.
    private var lastSlot: [Int: Int] = [:]
    private var unsent: [Message] = []
    private var isClosed = false

    init(
        _ stage: StageLaunch, root: String, slots count: Int, orders: Mailbox<Order>,
        outbox: Mailbox<Message>
    ) {
        // One for each processor: a call and its answer wake each other there, and no other slot waits meanwhile.
        let tracers = (0..<min(count, Host.processorCount)).map { _ in Tracer(root: root) }
        slots = (0..<count).map { WorkerSlot(stage, tracer: tracers[$0 % tracers.count]) }
        jobs = Array(repeating: nil, count: count)
        self.orders = orders
        self.outbox = outbox
    }

    /// Returns when it was instructed to close.
    func run() {
        Descendants.adoptOrphans(true)
        defer { Descendants.adoptOrphans(false) }
        for (place, slot) in slots.enumerated() {
            slot.isAlone = { [unowned self] in
                !jobs.indices.contains { $0 != place && !slots[$0].isIdle }
            }
        }
        while !isClosed {
            do {
                try receive()
            } catch {
                // Nothing runs on whose end could not be reported.
                for slot in slots { slot.stop() }
                unsent.append(.broken(error))
                isClosed = true
            }
            if !isClosed { startWaiting() }
            if !unsent.isEmpty { outbox.send(unsent) }
            unsent = []
        }
    }

    private func receive() throws(PosixError) {
        let busy = slots.indices.filter { !slots[$0].isIdle }
        let now = MonotonicClock.nanoseconds()
        let ready = try Poll.wait(
            [(orders.descriptor, .readable)] + busy.map { (slots[$0].descriptor, .readable) },
            timeoutMs: busy.compactMap { slots[$0].timeout(now) }.min())
        for (position, place) in busy.enumerated() {
            receive(place, isReadable: ready.contains(position + 1))
        }
        if ready.contains(0) { orders.take().forEach(follow) }
    }

    private func receive(_ place: Int, isReadable: Bool) {
        guard let job = jobs[place] else { return }
        let outcome = isReadable ? slots[place].receive() : nil
        switch outcome ?? slots[place].enforceLimits() {
        case .done(let reply, _, let workerStart):
            unsent.append(.unit(.done(job, reply, workerStart: workerStart)))
        case .failed(let failure):
            unsent.append(.unit(.failed(job, failure)))
        case nil: return
        }
        jobs[place] = nil
    }

    private func follow(_ order: Order) {
        switch order {
        case .run(let submitted): waiting.append(submitted)
        case .retireWorker(let index):
            if let place = lastSlot[index], slots[place].isIdle { slots[place].dropWorker() }
        case .retireWorkers: for slot in slots { slot.retireWorker() }
        case .returnWaiting: returnWaiting()
        case .stop:
            returnWaiting()
            for (place, slot) in slots.enumerated() where jobs[place] != nil { slot.stop() }
            jobs = jobs.map { _ in nil }
            unsent.append(.stopped)
        case .close:
            for slot in slots { slot.dropWorker() }
            Descendants.endOrphans()
            unsent.append(.closed)
            isClosed = true
        }
    }

    private func returnWaiting() {
        unsent += waiting[next...].map { .unit(.returned($0.job)) }
        waiting = []
        next = 0
    }

    private func startWaiting() {
        while next < waiting.count, let place = slots.firstIndex(where: \.isIdle) {
            start(waiting[next], in: place)
            next += 1
        }
        if next == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            next = 0
        }
    }

    private func start(_ unit: SubmittedUnit, in place: Int) {
        let job = unit.job
        unsent.append(.unit(.started(job)))
        do {
            try slots[place].start(unit.launch)
        } catch {
            unsent.append(.unit(.failed(job, Failure(of: error))))
            return
        }
        jobs[place] = job
        lastSlot[unit.index] = place
    }
}
