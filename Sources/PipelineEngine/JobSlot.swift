import Posix
import Processes

/// A place in which one unit runs at a time: by a worker that stays, or by a process for the unit.
final class JobSlot {
    var worker: Worker?
    private(set) var job: Job?

    /// A unit that runs here.
    struct Job {
        let index: Int
        let attempt: Int64
        let aside: [String]
        let log: String
        let startedNs: Int64
        /// On the monotonic clock; nil without a time limit.
        let deadlineNs: Int64?
        let memoryLimit: Int64?
        /// The process of a plain command.
        let command: ChildProcess?
    }

    var isIdle: Bool { job == nil }

    /// What to wait for while the unit runs: an answer, or the end of its process.
    var descriptor: Int32 {
        job?.command?.processDescriptor ?? (job == nil ? -1 : worker?.descriptor ?? -1)
    }

    /// The process group that works on the unit.
    var process: ChildProcess? { job?.command ?? worker?.process }

    func begin(_ job: Job) {
        self.job = job
    }

    func end() -> Job? {
        defer { job = nil }
        return job
    }

    /// Ends the worker, in steps; the next unit gets a new one.
    func dropWorker(grace: Double = 2) {
        guard let worker else { return }
        worker.process.closeStandardInput()
        worker.process.terminate(grace: grace)
        self.worker = nil
    }
}
