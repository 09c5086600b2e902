package import Failures
package import PipelinePlanning

/// Where the units of a stage run: on this machine, or on those of a cluster. It runs the units that it is given and
/// reports what becomes of them; what is recorded, and what runs next, is decided above it (`StageScheduler`).
///
/// `Tests/Executors/Conformance` holds all executors to the same behaviour.
package protocol Executor: AnyObject {
    /// How many units it takes now; none where it is below 1.
    var room: Int { get }

    /// Whether any unit runs.
    var isBusy: Bool { get }

    /// Where the unit's log is or will be, if that is settled already; else the caller names a path.
    func log(of unit: UnitSpec) -> String?

    /// Takes a unit. That it cannot be started comes as an event.
    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws

    /// All that may start now has been submitted.
    func flush() throws

    /// What can be waited for; readable when there may be events.
    var descriptors: [Int32] { get }

    /// Milliseconds after which `events` is to be called, whatever is readable; nil for never.
    func timeout(_ nowNs: Int64) -> Int?

    /// What has happened since the last call.
    ///
    /// - Parameter readable: those of `descriptors` that are.
    func events(_ readable: Set<Int32>) throws -> [ExecutorEvent]

    /// The worker that ran this unit has loaded code that was changed since: it runs nothing more.
    func retireWorker(of job: UnitJob)

    /// Files have changed that may be code: no worker that runs now is given another unit.
    func retireWorkers()

    /// How far the clocks of the machines that run units may be apart from this one's, in nanoseconds.
    var clockSkewNs: Int64 { get }

    /// The outputs of an attempt were published; nothing else was there.
    func release(attempt: Int64)

    /// Removes what an attempt has left that is not needed any more.
    func clear(attempt: Int64, outputs: [String])

    /// Ends all that runs.
    ///
    /// - Returns: events that were not reported yet, and the units that had begun and were not done.
    func interrupt() -> (unreported: [ExecutorEvent], open: [UnitJob])

    /// The stage is over; nothing runs any more.
    func close()
}

extension Executor {
    package func log(of unit: UnitSpec) -> String? { nil }
    package func retireWorker(of job: UnitJob) {}
    package func retireWorkers() {}
    package var clockSkewNs: Int64 { 0 }
}

/// A unit that an executor has taken.
package struct UnitJob: Sendable {
    package let index: Int
    package let attempt: Int64
    /// Where the unit writes instead of its outputs.
    package let temporaryPaths: [String]
    package let log: String
    /// On the monotonic clock.
    package let startedNs: Int64
    /// Where another machine ran it: when it began by that machine's clock, put on this clock.
    package var startedRemotelyNs: Int64?
    /// When it was submitted to another machine; it, and the worker that ran it, began later. On the same clock.
    package var submittedNs: Int64?

    package init(
        index: Int, attempt: Int64, temporaryPaths: [String], log: String, startedNs: Int64
    ) {
        self.index = index
        self.attempt = attempt
        self.temporaryPaths = temporaryPaths
        self.log = log
        self.startedNs = startedNs
    }
}

package enum ExecutorEvent: Sendable {
    case started(UnitJob)
    /// It was submitted and has not begun, and will not.
    case returned(UnitJob)
    /// - Parameter workerStart: when the worker was started that ran it, on the clock of the day; nil for a command.
    case done(UnitJob, WorkerProtocol.Reply, workerStart: Int64?)
    case failed(UnitJob, Failure)

    /// The unit that this is the end of.
    var endedJob: UnitJob? {
        switch self {
        case .started, .returned: nil
        case .done(let job, _, _), .failed(let job, _): job
        }
    }
}
