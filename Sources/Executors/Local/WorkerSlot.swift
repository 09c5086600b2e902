package import Failures
package import PipelineEngine
import Posix
import Processes
package import Tracing

/// A place in which one unit runs at a time: by a worker that stays, or by a process for the unit.
package final class WorkerSlot {
    private let stage: StageLaunch
    private var worker: Worker?
    /// Whether the worker is ended after the unit that it runs.
    private var isRetired = false
    /// The process of a plain command.
    private var command: ChildProcess?
    /// What that process opens; nil where that is not known.
    private var trace: Trace?
    private let tracer: Tracer
    private var launch: UnitLaunch?
    /// Whether the process of the last unit that failed was ended by a signal, which units do not send themselves.
    package private(set) var wasKilled = false
    private var startedNs: Int64 = 0
    /// What the command, or the worker, has started.
    private var commandDescendants: Descendants?
    private var workerDescendants: Descendants?
    /// Whether no other unit runs in this process: what cannot be distinguished is this one's then.
    var isAlone: () -> Bool = { true }

    /// How a unit ended, before its outputs are checked.
    package enum Outcome {
        /// - Parameters:
        ///   - line: what the worker answered, as it stands; nil for a command.
        ///   - workerStart: when the worker was started; nil for a command.
        case done(WorkerProtocol.Reply, line: String?, workerStart: Int64?)
        case failed(Failure)
    }

    /// - Parameter tracer: learns what commands open.
    package init(_ stage: StageLaunch, tracer: Tracer) {
        self.stage = stage
        self.tracer = tracer
    }

    var isIdle: Bool { launch == nil }

    /// What to wait for while the unit runs: an answer, or the end of its process.
    package var descriptor: Int32 {
        command?.processDescriptor ?? (launch == nil ? -1 : worker?.descriptor ?? -1)
    }

    /// Starts a unit.
    ///
    /// - Throws: why it could not be started; the slot is idle then.
    package func start(_ launch: UnitLaunch) throws {
        do {
            if let words = launch.command {
                let mark = Descendants.newMark()
                let process = try start(
                    ProcessCommand(words, environment: environment(mark)),
                    isTraced: launch.isTraced ?? false, log: launch.log)
                command = process
                commandDescendants = Descendants(of: process.pid, mark: mark)
            } else {
                let worker = try self.worker ?? makeWorker()
                self.worker = worker
                try worker.send(Array(((launch.request ?? "") + "\n").utf8))
            }
        } catch {
            dropWorker()
            throw error
        }
        self.launch = launch
        wasKilled = false
        startedNs = MonotonicClock.nanoseconds()
    }

    private func start(
        _ words: ProcessCommand, isTraced: Bool, log: String
    ) throws -> ChildProcess {
        let log = ChildProcess.Redirection.file(log, append: true)
        guard isTraced else {
            return try ChildProcess(
                words, standardInput: .null, standardOutput: log, standardError: log)
        }
        let started = try tracer.start(
            words, standardInput: .null, standardOutput: log, standardError: log)
        trace = started.1
        return started.0
    }

    private func makeWorker() throws -> Worker {
        let mark = Descendants.newMark()
        let worker = try Worker(
            ProcessCommand(stage.worker, environment: environment(mark)), log: stage.workerLog)
        workerDescendants = Descendants(of: worker.process.pid, mark: mark)
        return worker
    }

    private func environment(_ mark: String) -> [String: String?] {
        var environment = stage.environment.mapValues { Optional($0) }
        environment[Descendants.variable] = mark
        return environment
    }

    /// Ends what a unit has started and left running: it could write to what the unit has made.
    private func endDescendants() {
        guard let launch else { return }
        let count: Int
        if let command {
            count = commandDescendants?.end(orphans: isAlone()) ?? 0
            // Where orphans do not come to this process.
            command.killGroup()
        } else {
            // What hangs below the worker may be the worker itself, which a script has started: it ends its children
            // with each unit by itself.
            count = workerDescendants?.end(orphans: isAlone()) ?? 0
        }
        guard count > 0 else { return }
        let text = "pipeline: ended \(count) \(count == 1 ? "process" : "processes") left running\n"
        let log = try? Descriptors.open(launch.log, .append)  // try?: a remark, no more
        guard let log else { return }
        defer { Descriptors.close(log) }
        _ = try? Descriptors.writeSome(Array(text.utf8)[...], to: log)  // try?: as above.
    }

    /// Something happened: an answer, garbage, or an end.
    ///
    /// - Returns: how the unit ended, and the slot is idle again; nil if it still runs.
    package func receive() -> Outcome? {
        guard let launch else { return nil }
        if let command {
            guard let exit = command.poll() else { return nil }
            endDescendants()
            let opened = ProjectFiles.counting(trace?.finish() ?? [])
            release()
            guard exit.isSuccess else {
                if case .signalled = exit { wasKilled = true }
                return .failed(.command(exit))
            }
            let reply = WorkerProtocol.Reply.ofCommand(launch.attempt, opened: opened)
            return .done(reply, line: opened.isEmpty ? nil : reply.line, workerStart: nil)
        }
        guard let worker else { return nil }
        guard let lines = try? worker.receive() else {  // try?: as if it were closed
            release()
            let exit = worker.process.wait(timeoutMs: 1000)
            if case .signalled? = exit { wasKilled = true }
            dropWorker()
            return .failed(.workerEnded(exit))
        }
        guard let line = lines.first else { return nil }
        endDescendants()
        release()
        let reply: WorkerProtocol.Reply
        do {
            reply = try WorkerProtocol.reply(line, isUTF8: worker.isUTF8)
            guard lines.count == 1, reply.id == launch.attempt else {
                throw Failure.protocolError(line)
            }
        } catch {
            dropWorker()
            return .failed(Failure(of: error))
        }
        guard reply.ok else { return .failed(.raised(reply.error)) }
        return .done(reply, line: line, workerStart: worker.startedNs)
    }

    /// Stops a unit that is over its time or memory.
    ///
    /// - Returns: how it ended, and the slot is idle again; nil if it may go on.
    package func enforceLimits() -> Outcome? {
        guard let launch, let process = command ?? worker?.process else { return nil }
        var failure: Failure?
        if let timeout = launch.timeout, MonotonicClock.nanoseconds() >= deadline(timeout) {
            failure = .tooLong(seconds: Int(timeout))
        } else if let limit = launch.memory {
            let members = command == nil ? workerDescendants : commandDescendants
            let used = members?.memoryInUse() ?? Host.memoryInUse(of: process.pid)
            if used > limit {
                failure = .tooMuchMemory(used: used, limit: limit)
            }
        }
        guard let failure else { return nil }
        stop()
        return .failed(failure)
    }

    /// Milliseconds until a limit has to be looked at; nil if there is none.
    package func timeout(_ nowNs: Int64) -> Int? {
        guard let launch else { return nil }
        let left = launch.timeout.map { Int(max(0, deadline($0) - nowNs) / 1_000_000) + 1 }
        guard launch.memory != nil else { return left }
        return min(left ?? .max, 200)
    }

    private func deadline(_ timeout: Double) -> Int64 { startedNs + Int64(timeout * 1e9) }

    /// Ends what runs here, in steps; the slot is idle then.
    package func stop() {
        command?.terminate(grace: 2)
        endDescendants()
        release()
        dropWorker()
    }

    private func release() {
        launch = nil
        command = nil
        _ = trace?.finish()
        trace = nil
        if isRetired { dropWorker() }
    }

    /// The worker runs no other unit: now, or after the one that it runs.
    func retireWorker() {
        guard worker != nil else { return }
        isRetired = true
        if isIdle { dropWorker() }
    }

    /// Ends the worker, in steps; the next unit gets a new one.
    package func dropWorker() {
        isRetired = false
        guard let worker else { return }
        worker.process.closeStandardInput()
        worker.process.terminate(grace: 2)
        workerDescendants?.end(orphans: isAlone())
        self.worker = nil
    }
}
