package import AWS
import Posix
package import Processes

/// Where it is written down that an instance was started, before it is: it costs until it is stopped.
package protocol InstanceJournal {
    /// - Returns: the lease's number.
    func willStart(_ instance: String) throws -> Int64
    func stopped(_ lease: Int64) throws
    /// Instances that an earlier run has started and not stopped.
    func open() throws -> [(lease: Int64, instance: String)]
}

/// The instance that has the data mounted: started if it is off, and stopped again if and only if it was
/// this tool that started it; never terminated.
package final class ManagementInstance {
    package let id: String
    private let client: AWSClient
    private let journal: any InstanceJournal
    private let cancel: Cancellation?
    private let note: (String) -> Void
    private var lease: Int64?
    /// Seconds.
    package var patience: Double = 900
    package var interval: Double = 3
    /// Why somebody may need it still: then it is left as it is, and stays on record for a later run to stop; nil where
    /// nobody does.
    package var isNeeded: () -> String? = { nil }

    package init(
        _ id: String, client: AWSClient, journal: any InstanceJournal, cancel: Cancellation?,
        note: @escaping (String) -> Void
    ) throws {
        guard id.hasPrefix("i-"),
            id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { throw JobError.badName(id) }
        self.id = id
        self.client = client
        self.journal = journal
        self.cancel = cancel
        self.note = note
    }

    /// Returns when commands can be sent to it.
    package func open() throws {
        // What a killed run has started is this run's to stop.
        lease = try journal.open().first { $0.instance == id }?.lease
        let began = MonotonicClock.nanoseconds()
        func isOver() -> Bool {
            Double(MonotonicClock.nanoseconds() - began) / 1e9 > patience
        }
        while true {
            let state = try look(cancel)
            switch state {
            case "running": break
            case "stopped":
                note("starting instance \(id); it costs until it is stopped at the end")
                if lease == nil { lease = try journal.willStart(id) }
                _ = try aws { () throws(AWSError) in
                    try client.run(.startInstance(id), cancel: cancel)
                }
            case "pending", "stopping": break
            default: throw JobError.notRunning(instance: id, state: state)
            }
            let isReady =
                try state == "running"
                && aws { () throws(AWSError) in
                    try client.isManaged(id, cancel: cancel)
                }
            if isReady { return }
            if isOver() { throw JobError.notOnline(instance: id, seconds: Int(patience)) }
            try aws { () throws(AWSError) in
                try AWSClient.pause(since: began, atMost: interval, cancel)
            }
        }
    }

    private func look(_ cancel: Cancellation?) throws -> String {
        let found = try aws { () throws(AWSError) in try client.instance(id, cancel: cancel) }
        guard let found else { throw JobError.noInstance(id) }
        return found.state.name
    }

    /// Stops it if this tool has started it, and believes it only when it is seen to stop. Nothing here
    /// can be interrupted.
    package func close() throws {
        guard let lease else { return }
        if let why = isNeeded() {
            note("instance \(id) stays on: \(why); the run after that stops it")
            return
        }
        _ = try aws { () throws(AWSError) in try client.run(.stopInstance(id)) }
        let began = MonotonicClock.nanoseconds()
        while Double(MonotonicClock.nanoseconds() - began) / 1e9 < patience {
            let state = try look(nil)
            if state == "stopping" || state == "stopped" {
                try journal.stopped(lease)
                self.lease = nil
                note("instance \(id) is stopped")
                return
            }
            try aws { () throws(AWSError) in
                try AWSClient.pause(since: began, atMost: interval, nil)
            }
        }
        throw JobError.notRunning(instance: id, state: "still running after the request to stop it")
    }

    /// Stops what a killed run has started.
    package func sweep() throws {
        lease = try journal.open().first { $0.instance == id }?.lease
        try close()
    }

    private func aws<Result>(_ body: () throws(AWSError) -> Result) throws -> Result {
        do { return try body() } catch { throw JobError.aws(error) }
    }
}
