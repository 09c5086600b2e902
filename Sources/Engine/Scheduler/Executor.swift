import Failures
import PipelinePlanning
import Posix

/// Where the units of a stage run: on this machine, or on those of a cluster. It runs what it is given and tells
/// what comes of it; what is recorded and what runs next is not its business.
protocol Executor: AnyObject {
    /// How many units it takes now; none where it is below 1.
    var room: Int { get }

    /// Whether any unit runs.
    var isBusy: Bool { get }

    /// Where the unit's log is or will be, if that is settled already; else the caller names a place.
    func log(of unit: UnitSpec) -> String?

    /// Takes a unit. That it cannot be started comes as news.
    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws

    /// All that may start now has been handed over.
    func flush() throws

    /// What can be waited for; readable when there may be news.
    var descriptors: [Int32] { get }

    /// Milliseconds after which `news` wants to be called, whatever is readable; nil for never.
    func patience(_ nowNs: Int64) -> Int?

    /// What has happened since the last call.
    ///
    /// - Parameter readable: those of `descriptors` that are.
    func news(_ readable: Set<Int32>) throws -> [ExecutorEvent]

    /// The worker that ran this unit has loaded code that was changed since: it runs nothing more.
    func distrust(_ job: UnitJob)

    /// Files have changed that may be code: no worker that runs now is given another unit.
    func retireWorkers()

    /// How far the clocks of the machines that run units may be apart from this one's, in nanoseconds.
    var clockSkewNs: Int64 { get }

    /// The outputs of an attempt were taken away; nothing else was there.
    func release(attempt: Int64)

    /// Removes what an attempt has left that nobody needs any more.
    func clear(attempt: Int64, outputs: [String])

    /// Ends all that runs.
    ///
    /// - Returns: what was not told yet, and the units that had begun and were not done.
    func interrupt() -> (untold: [ExecutorEvent], open: [UnitJob])

    /// The stage is over; nothing runs any more.
    func close()
}

/// A unit that a place has taken.
struct UnitJob: Sendable {
    let index: Int
    let attempt: Int64
    /// Where the unit writes instead of its outputs.
    let aside: [String]
    let log: String
    /// On the monotonic clock.
    let startedNs: Int64
    /// Where another machine ran it: when it began by that machine's clock, put on this clock.
    var beganNs: Int64?
    /// When it was handed to another machine; it, and the worker that ran it, began later. On the same clock.
    var handedNs: Int64?
}

enum ExecutorEvent: Sendable {
    case started(UnitJob)
    /// It was handed over and has not begun, and will not.
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
