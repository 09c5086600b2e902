import Failures
import PipelinePlanning
import Posix
import Processes

/// Runs units on this machine, some at a time.
final class LocalPlace: UnitPlace {
    private let root: String
    private let slots: [JobSlot]
    private var jobs: [UnitJob?]
    private var aside = AsideArea(.local)
    /// Folders of attempts, by attempt; and those that are empty again. Making folders for each of thousands of units,
    /// and removing them, costs more than small units do.
    private var folders: [Int64: String] = [:]
    private var spare: [String] = []
    private var made = 0
    private var unheard: [UnitNews] = []
    /// Which slot a unit ran in last.
    private var lastSlot: [Int: Int] = [:]

    init(_ stage: StageLaunch, root: String, slots count: Int) {
        self.root = root
        slots = (0..<count).map { _ in JobSlot(stage) }
        jobs = Array(repeating: nil, count: count)
    }

    var room: Int { slots.count { $0.isIdle } }

    var isBusy: Bool { slots.contains { !$0.isIdle } }

    func log(of unit: UnitSpec) -> String? { nil }

    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        guard let place = slots.firstIndex(where: \.isIdle) else { return }
        let paths = try aside.prepare(folder: folder(of: attempt), outputs: unit.outputs)
        let launch = UnitLaunch(unit, attempt: attempt, outputs: paths, log: log, root: root)
        let job = UnitJob(
            index: index, attempt: attempt, aside: paths, log: log,
            startedNs: MonotonicClock.nanoseconds())
        unheard.append(.started(job))
        do {
            try slots[place].start(launch)
        } catch {
            unheard.append(.failed(job, Failure(of: error)))
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
            case .failed(let failure):
                unheard.append(.failed(job, failure))
            case nil: continue
            }
            jobs[place] = nil
        }
        return unheard
    }

    func distrust(_ job: UnitJob) {
        if let place = lastSlot[job.index], slots[place].isIdle { slots[place].dropWorker() }
    }

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
            aside.clear(folder: folder, outputs: outputs)
        }
    }

    func interrupt() -> [UnitJob] {
        for (place, slot) in slots.enumerated() where jobs[place] != nil { slot.stop() }
        defer { jobs = jobs.map { _ in nil } }
        return jobs.compactMap { $0 }
    }

    func close() {
        for slot in slots { slot.dropWorker() }
        try? aside.clearAll(outputs: EmptyCollection<String>())
    }
}
