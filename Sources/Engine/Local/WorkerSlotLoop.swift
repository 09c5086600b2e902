import Failures
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
        case distrust(index: Int)
        /// All workers that have been started by now run nothing more than what they run.
        case retireWorkers
        /// What waits is given back.
        case giveBack
        /// That too, and what runs is ended.
        case stop
        /// Workers are ended, and the loop with them.
        case close
    }

    /// A unit that was handed over.
    struct SubmittedUnit: Sendable {
        let index: Int
        let launch: UnitLaunch

        /// The unit as it begins, or waits, from now on.
        var job: UnitJob {
            UnitJob(
                index: index, attempt: launch.attempt, aside: launch.outputs, log: launch.log,
                startedNs: MonotonicClock.nanoseconds())
        }
    }

    enum News: Sendable {
        case unit(ExecutorEvent)
        case stopped
        case closed
        /// Nothing can be waited for any more.
        case broken(PosixError)
    }

    private let orders: Mailbox<Order>
    private let news: Mailbox<News>
    private let slots: [WorkerSlot]
    private var jobs: [UnitJob?]
    private var waiting: [SubmittedUnit] = []
    /// The first of `waiting` that still waits.
    private var next = 0
    /// Which slot a unit ran in last.
    private var lastSlot: [Int: Int] = [:]
    private var said: [News] = []
    private var isClosed = false

    init(
        _ stage: StageLaunch, root: String, slots count: Int, orders: Mailbox<Order>,
        news: Mailbox<News>
    ) {
        let tracer = Tracer(root: root)
        slots = (0..<count).map { _ in WorkerSlot(stage, tracer: tracer) }
        jobs = Array(repeating: nil, count: count)
        self.orders = orders
        self.news = news
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
                try hear()
            } catch {
                // What nobody hears of any more does not go on.
                for slot in slots { slot.stop() }
                said.append(.broken(error))
                isClosed = true
            }
            if !isClosed { startWaiting() }
            if !said.isEmpty { news.send(said) }
            said = []
        }
    }

    private func hear() throws(PosixError) {
        let busy = slots.indices.filter { !slots[$0].isIdle }
        let now = MonotonicClock.nanoseconds()
        let ready = try Poll.wait(
            [(orders.descriptor, .readable)] + busy.map { (slots[$0].descriptor, .readable) },
            timeoutMs: busy.compactMap { slots[$0].patience(now) }.min())
        for (position, place) in busy.enumerated() {
            hear(place, isReadable: ready.contains(position + 1))
        }
        if ready.contains(0) { orders.take().forEach(follow) }
    }

    private func hear(_ place: Int, isReadable: Bool) {
        guard let job = jobs[place] else { return }
        let heard = isReadable ? slots[place].hear() : nil
        switch heard ?? slots[place].enforceLimits() {
        case .done(let reply, _, let workerStart):
            said.append(.unit(.done(job, reply, workerStart: workerStart)))
        case .failed(let failure):
            said.append(.unit(.failed(job, failure)))
        case nil: return
        }
        jobs[place] = nil
    }

    private func follow(_ order: Order) {
        switch order {
        case .run(let handed): waiting.append(handed)
        case .distrust(let index):
            if let place = lastSlot[index], slots[place].isIdle { slots[place].dropWorker() }
        case .retireWorkers: for slot in slots { slot.retireWorker() }
        case .giveBack: giveBack()
        case .stop:
            giveBack()
            for (place, slot) in slots.enumerated() where jobs[place] != nil { slot.stop() }
            jobs = jobs.map { _ in nil }
            said.append(.stopped)
        case .close:
            for slot in slots { slot.dropWorker() }
            Descendants.endOrphans()
            said.append(.closed)
            isClosed = true
        }
    }

    private func giveBack() {
        said += waiting[next...].map { .unit(.returned($0.job)) }
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

    private func start(_ handed: SubmittedUnit, in place: Int) {
        let job = handed.job
        said.append(.unit(.started(job)))
        do {
            try slots[place].start(handed.launch)
        } catch {
            said.append(.unit(.failed(job, Failure(of: error))))
            return
        }
        jobs[place] = job
        lastSlot[handed.index] = place
    }
}
