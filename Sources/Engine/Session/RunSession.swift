package import PipelineLedger
import Posix
package import Processes

/// A run: the lock, the ledger's writing side, and the row of the run in the ledger.
///
/// Beginning one takes up after killed runs: what they left is ended and cleared before anything
/// new starts, so that a run never needs a person to unlock it.
package final class RunSession {
    package let project: Project
    package let writer: LedgerWriter
    package let reader: LedgerReader
    package let run: Int64
    package let commit: String?
    package let cancellation: Cancellation
    /// May be called by any thread.
    package let emit: @Sendable (RunEvent) -> Void
    private let lock: RunLock
    private var noted: Set<String> = []

    /// - Parameters:
    ///   - command: the command line, for those who wait and for the history.
    ///   - waits: whether to wait while another run holds the project.
    /// - Throws: `Locked`, `LedgerError`, `PosixError`.
    package init(
        _ project: Project, command: String, waits: Bool, toolVersion: String,
        cancellation: Cancellation, emit: @escaping (RunEvent) -> Void
    ) throws {
        self.project = project
        self.cancellation = cancellation
        project.tools.stop(with: cancellation)
        let gate = EventGate(emit)
        self.emit = { gate.pass($0) }
        lock = try RunLock.take(
            command: command, waits: waits, isCancelled: { cancellation.isCancelled },
            onWait: { emit(.note("waiting for \($0)")) })
        let lacksLog = try LedgerReader.lacksLog(Project.ledgerPath)
        writer = try LedgerWriter(path: Project.ledgerPath)
        let isCut = try writer.isCopyWithoutLog(lacksLog: lacksLog)
        reader = try LedgerReader(path: Project.ledgerPath)
        commit = GitCommit.current()
        run = try writer.beginRun(
            RunStart(
                command: command, started: Timestamp.now(), host: Host.name,
                bootID: Host.bootID(), pid: Host.processID,
                pidStart: Host.processStart(Host.processID) ?? 0,
                user: Host.userName,
                commit: commit, toolVersion: toolVersion))
        try DetachedRun.record(run: run)
        if isCut {
            self.emit(
                .note(
                    "the ledger is a copy that was made without its log (ledger.sqlite-wal): what was recorded last is "
                        + "not in it; copy ledgers with `pipeline ledger copy`"))
        }
        try recover()
        // So that the file alone, copied from now on, shows that a run is active.
        try writer.checkpoint()
    }

    private func recover() throws {
        let orphans = Orphans.end(root: project.root)
        if orphans > 0 {
            emit(.note("ended \(orphans) processes that a killed run had left behind"))
        }
        let inFlight = try writer.closeCrashedRuns(before: run, at: Timestamp.now())
        if inFlight > 0 {
            emit(.note("a run was killed with \(inFlight) units in flight; resuming"))
        }
    }

    /// Whether a note has not been asked about before in this run.
    func isNew(note: String) -> Bool { noted.insert(note).inserted }

    package func end(_ outcome: RunOutcome) throws {
        try writer.endRun(run, outcome, at: Timestamp.now())
        guard let left = try writer.emptyLog() else { return }
        emit(
            .note(
                "the ledger's log has \(left >> 20) MiB, since a program has it open in the middle of a query "
                    + "(fuser \(Project.ledgerPath)); it is emptied by the first run after that"))
    }

    /// Ends a run that was refused before it did anything: then it is no run, and the history has none.
    package func refuse() throws {
        guard !DetachedRun.isOne, try writer.takeBackRun(run) else { return try end(.failed) }
        _ = try writer.emptyLog()
    }
}
