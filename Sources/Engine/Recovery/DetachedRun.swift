import Failures
import JSON
package import PipelineLedger
import Posix
package import Processes

/// A run without a terminal: in a session of its own, with a log of what it prints.
package struct DetachedRun: Codable, Sendable {
    package let pid: Int32
    /// Tells the process from a later one of the same number.
    package let pidStart: UInt64
    /// The run's number in the ledger.
    package let run: Int64
    /// What it prints, relative to the project.
    package let log: String

    private static let variable = "PIPELINE_DETACHED_LOG"
    private static let folder = "\(Project.logsPath)/detached"
    private static let path = "\(Project.statePath)/detached.json"

    /// Starts this program again with other words, without a terminal, and returns when it has begun its run,
    /// waits for another one, or has ended.
    ///
    /// - Returns: the run; nil where there is none yet. `exit` is nil while it runs.
    package static func start(
        _ words: [String]
    ) throws -> (run: DetachedRun?, pid: Int32, log: String, exit: ProcessExit?) {
        try FileSystem.createDirectories(folder, mode: 0o700)
        let log = "\(folder)/\(Timestamp.now().milliseconds).log"
        var command = ProcessCommand(
            [try FileSystem.readLink("/proc/self/exe")] + words, environment: [variable: log])
        command.isSession = true
        let child = try ChildProcess(
            command, standardInput: .null, standardOutput: .file(log, append: true),
            standardError: .file(log, append: true))
        for _ in 0..<100 {
            // A damaged record is of an older run: this one writes it again.
            let record = try? read()  // try?: see above
            if let found = record ?? nil, found.pid == child.pid, found.log == log {
                return (found, child.pid, log, child.poll())
            }
            if let exit = child.wait(timeoutMs: 50) { return (nil, child.pid, log, exit) }
        }
        return (nil, child.pid, log, nil)
    }

    /// Whether this process is such a run.
    static var isOne: Bool { Environment.value(variable) != nil }

    /// Called in the run itself: records where it can be found, if it is a detached one.
    static func record(run: Int64) throws {
        guard let log = Environment.value(variable),
            let start = Host.processStart(Host.processID)
        else { return }
        let record = DetachedRun(pid: Host.processID, pidStart: start, run: run, log: log)
        try FileSystem.writeAtomically(try JSONValue.encode(record).bytes, to: path)
    }

    /// The newest one, whether or not it still runs; nil where there never was one.
    ///
    /// - Throws: `Failure` where its record is damaged, with the log of the newest one.
    package static func read() throws -> DetachedRun? {
        guard try FileSystem.status(path) != nil else { return nil }
        let bytes = try FileSystem.read(path)
        if let found = try? JSONValue.decode(DetachedRun.self, from: bytes) {  // try?: below
            return found
        }
        guard let log = try newestLog() else { return nil }
        throw Failure(
            "detached-damaged", "the record of the newest detached run, \(path), is damaged",
            cause: "no other command needs it, and the next detached run writes it again",
            next: "see what the run said, and how runs ended with \"pipeline status\"",
            run: .exact("tail -f \(log)"))
    }

    /// Logs have the milliseconds of their beginning as names.
    private static func newestLog() throws -> String? {
        guard try FileSystem.status(folder) != nil else { return nil }
        return try FileSystem.entries(of: folder).map(\.name).filter { $0.hasSuffix(".log") }.max()
            .map { "\(folder)/\($0)" }
    }

    package var goesOn: Bool { StrayProcesses.isAlive(pid, start: pidStart) }
}

/// The active run.
package struct LiveRun: Sendable {
    package let record: RunRecord

    /// nil where none runs, by the ledger and by the processes of this machine.
    package static func find(_ ledger: LedgerReader?) throws -> LiveRun? {
        let open = try ledger?.runs(limit: 20).first { run in
            run.endedMs == nil && run.host == Host.name && run.bootID == Host.bootID()
                && StrayProcesses.isAlive(run.pid, start: UInt64(run.pidStart))
        }
        return open.map(LiveRun.init)
    }

    package var goesOn: Bool {
        StrayProcesses.isAlive(record.pid, start: UInt64(record.pidStart))
    }

    /// Tells the run to end: what is in flight is ended in steps. Told again, it ends at once.
    package func interrupt() { StrayProcesses.interrupt(record.pid) }
}
