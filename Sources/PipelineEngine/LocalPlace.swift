import PipelinePlanning
import Posix
import Processes

/// Runs units on this machine, some at a time.
final class LocalPlace: UnitPlace {
    private let root: String
    private let slots: [JobSlot]
    private var jobs: [UnitJob?]
    private var aside = AsideArea(.local)
    private var unheard: [UnitNews] = []
    /// Which slot a unit ran in last.
    private var lastSlot: [Int: Int] = [:]

    init(_ stage: StageLaunch, root: String, slots count: Int) {
        self.root = root
        slots = (0..<count).map { _ in JobSlot(stage) }
        jobs = Array(repeating: nil, count: count)
    }

    var hasRoom: Bool { slots.contains { $0.isIdle } }

    func log(of unit: UnitSpec) -> String? { nil }

    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        guard let place = slots.firstIndex(where: \.isIdle) else { return }
        let paths = try aside.prepare(folder: "\(attempt)", outputs: unit.outputs)
        let launch = UnitLaunch(unit, attempt: attempt, outputs: paths, log: log, root: root)
        let job = UnitJob(
            index: index, attempt: attempt, aside: paths, log: log,
            startedNs: MonotonicClock.nanoseconds())
        unheard.append(.started(job))
        do {
            try slots[place].start(launch)
        } catch {
            unheard.append(.failed(job, "\(error)"))
            return
        }
        jobs[place] = job
        lastSlot[index] = place
    }

    func flush() {}

    var descriptors: [Int32] { slots.compactMap { $0.isIdle ? nil : $0.descriptor } }

    func patience(_ nowNs: Int64) -> Int? {
        unheard.isEmpty ? slots.compactMap { $0.patience(nowNs) }.min() : 0
    }

    func news(_ readable: Set<Int32>) -> [UnitNews] {
        defer { unheard = [] }
        for (place, slot) in slots.enumerated() where !slot.isIdle {
            guard let job = jobs[place] else { continue }
            let heard = readable.contains(slot.descriptor) ? slot.hear() : nil
            switch heard ?? slot.enforceLimits() {
            case .done(let reply, _, let workerStart):
                unheard.append(.done(job, reply, workerStart: workerStart))
            case .failed(let message):
                unheard.append(.failed(job, message))
            case nil: continue
            }
            jobs[place] = nil
        }
        return unheard
    }

    func distrust(_ job: UnitJob) {
        if let place = lastSlot[job.index], slots[place].isIdle { slots[place].dropWorker() }
    }

    func clear(attempt: Int64, outputs: [String]) {
        aside.clear(folder: "\(attempt)", outputs: outputs)
    }

    func interrupt() -> [UnitJob] {
        for (place, slot) in slots.enumerated() where jobs[place] != nil { slot.stop() }
        defer { jobs = jobs.map { _ in nil } }
        return jobs.compactMap { $0 }
    }

    func close() { for slot in slots { slot.dropWorker() } }
}
