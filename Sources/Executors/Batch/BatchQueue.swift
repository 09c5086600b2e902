package import Failures

/// A queue that runs job arrays on machines that share the project's folder. All that this program knows of a particular
/// one (Slurm, PBS, AWS Batch …) lies behind it.
///
/// Jobs are found by the name that they were submitted with: their number may have been lost.
/// `Tests/Executors/Conformance` holds all queues to the same behaviour.
package protocol BatchQueue {
    /// For messages: `Slurm`.
    var title: String { get }

    /// How many tasks one array may have.
    var mostTasks: Int { get }

    /// Submits an array. Each task runs `command` in the array's folder with two words more: the index of the task, and
    /// how often it was started before. A task that loses its machine is started again with the same index.
    ///
    /// Not repeatable: after an error that leaves open whether it was taken, look for the name first.
    ///
    /// - Returns: the number of the job.
    func submit(_ array: BatchArray, command: [String]) throws(BatchQueueError) -> String

    /// Tasks that are known under these names. Names that the queue does not know are left out.
    func tasks(named names: [String]) throws(BatchQueueError) -> [BatchTask]

    /// How a task ended; nil where the queue has forgotten it.
    func end(of job: String, _ index: Int) throws(BatchQueueError) -> BatchTaskEnd?

    /// Ends all tasks of this name, whether they wait or run, even where the run is cancelled. That there are none is no
    /// error.
    func cancelJobs(named name: String) throws(BatchQueueError)

    /// Command lines for people: what is known under a name, and the end of all of it.
    func listCommand(_ name: String) -> String
    func cancelCommand(_ name: String) -> String

    /// What is reported of a unit whose task ended badly.
    func failure(_ problem: BatchProblem, task: String) -> Failure
}

/// An array of tasks as it is submitted: one job with an index for each task.
package struct BatchArray: Sendable, Hashable {
    /// Unique: by it the job is found again when its number was lost.
    package let name: String
    /// Indices run from 0 to one below this.
    package let tasks: Int
    /// How many may run at once; nil leaves it to the queue.
    package let atOnce: Int?
    /// Where the tasks run; absolute.
    package let directory: String
    /// Where they write what they print; absolute, without `-INDEX.log`.
    package let logs: String
    /// Bytes that one task may use; nil leaves it to the queue.
    package let memory: Int64?
    /// What each task has on its standard input, which is for nobody else to read; one line.
    package let input: [UInt8]?

    package init(
        name: String, tasks: Int, atOnce: Int?, directory: String, logs: String, memory: Int64?,
        input: [UInt8]? = nil
    ) {
        self.input = input
        self.name = name
        self.tasks = tasks
        self.atOnce = atOnce
        self.directory = directory
        self.logs = logs
        self.memory = memory
    }

    /// The log of a task, by its index or by what the queue replaces with it.
    package func log(of task: String) -> String { "\(logs)-\(task).log" }
}

/// A task of an array as a queue lists it.
package struct BatchTask: Sendable, Hashable {
    package let job: String
    package let index: Int
    package let name: String
    package let state: BatchTaskState
    /// Why it waits, in the queue's words.
    package let reason: String

    package init(job: String, index: Int, name: String, state: BatchTaskState, reason: String) {
        self.job = job
        self.index = index
        self.name = name
        self.state = state
        self.reason = reason
    }
}

/// How a task ended.
package struct BatchTaskEnd: Sendable, Hashable {
    package let state: BatchTaskState
    /// In the queue's own form.
    package let exitCode: String
    package let node: String
    /// Whether a signal from outside ended the task itself, which units do not send.
    package let wasKilled: Bool
    /// How often the queue has started it again.
    package let restarts: Int

    package init(
        state: BatchTaskState, exitCode: String, node: String, wasKilled: Bool, restarts: Int = 0
    ) {
        self.restarts = restarts
        self.state = state
        self.exitCode = exitCode
        self.node = node
        self.wasKilled = wasKilled
    }
}

/// The states of a task, as far as they matter to the side that waits.
package enum BatchTaskState: Sendable, Hashable {
    case waiting
    case running
    case completed
    case cancelled
    case timedOut
    case outOfMemory
    /// The machine or the queue took the task away: nothing that the unit did.
    case lost(String)
    case failed(String)

    /// Whether the task still has something to come.
    package var isOpen: Bool { self == .waiting || self == .running }
}

/// Why a unit made nothing, where the queue and not the unit is the reason.
package enum BatchProblem: Sendable {
    case cancelled
    case timedOut
    case outOfMemory
    /// - Parameter log: what the task itself printed last.
    case ended(BatchTaskEnd?, log: String)
    /// The machine was taken away so many times.
    case lost(times: Int, BatchTaskEnd?)
    /// The machine does not have this program.
    case programMissing(String, BatchTaskEnd)
    /// The machine did not reach the archive.
    case archiveUnreachable(BatchTaskEnd, log: String)
}

/// Why a queue could not be asked, or refused.
package struct BatchQueueError: Explained {
    package enum Kind: Sendable {
        /// Its commands are not on this machine.
        case missing
        case refused
        /// Asking again may help.
        case temporary
        /// It did not answer in time; whether it acted is open.
        case hung
    }

    package let kind: Kind
    package let failure: Failure

    package init(_ kind: Kind, _ failure: Failure) {
        self.kind = kind
        self.failure = failure
    }

    package var description: String { failure.text }
    var isTemporary: Bool { kind == .temporary || kind == .hung }
    var isHung: Bool { kind == .hung }
}
