import Failures
import Posix
import Processes

/// A place in which one unit runs at a time: by a worker that stays, or by a process for the unit.
final class JobSlot {
    private let stage: StageLaunch
    private var worker: Worker?
    /// The process of a plain command.
    private var command: ChildProcess?
    private var launch: UnitLaunch?
    private var startedNs: Int64 = 0

    /// How a unit ended as far as who runs it can tell.
    enum Outcome {
        /// - Parameters:
        ///   - line: what the worker answered, as it stands; nil for a command.
        ///   - workerStart: when the worker was started; nil for a command.
        case done(WorkerProtocol.Reply, line: String?, workerStart: Int64?)
        case failed(Failure)
    }

    init(_ stage: StageLaunch) { self.stage = stage }

    var isIdle: Bool { launch == nil }

    /// What to wait for while the unit runs: an answer, or the end of its process.
    var descriptor: Int32 {
        command?.processDescriptor ?? (launch == nil ? -1 : worker?.descriptor ?? -1)
    }

    /// Starts a unit.
    ///
    /// - Throws: why it could not be started; the slot is idle then.
    func start(_ launch: UnitLaunch) throws {
        do {
            if let words = launch.command {
                command = try ChildProcess(
                    ProcessCommand(words, environment: stage.environment.mapValues { $0 }),
                    standardInput: .null, standardOutput: .file(launch.log, append: true),
                    standardError: .file(launch.log, append: true))
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
        startedNs = MonotonicClock.nanoseconds()
    }

    private func makeWorker() throws -> Worker {
        try Worker(
            ProcessCommand(stage.worker, environment: stage.environment.mapValues { $0 }),
            log: stage.workerLog)
    }

    /// Something happened: an answer, garbage, or an end.
    ///
    /// - Returns: how the unit ended, and the slot is idle again; nil if it still runs.
    func hear() -> Outcome? {
        guard let launch else { return nil }
        if let command {
            guard let exit = command.poll() else { return nil }
            release()
            guard exit.isSuccess else { return .failed(.command(exit)) }
            return .done(.ofCommand(launch.attempt), line: nil, workerStart: nil)
        }
        guard let worker else { return nil }
        guard let lines = try? worker.receive() else {
            release()
            let exit = worker.process.wait(timeoutMs: 1000)
            dropWorker()
            return .failed(.workerEnded(exit))
        }
        guard let line = lines.first else { return nil }
        release()
        guard lines.count == 1, let reply = WorkerProtocol.reply(line), reply.id == launch.attempt
        else {
            dropWorker()
            return .failed(.workerBabbled(line))
        }
        guard reply.ok else { return .failed(.said(reply.error)) }
        return .done(reply, line: line, workerStart: worker.startedNs)
    }

    /// Stops a unit that is over its time or memory.
    ///
    /// - Returns: how it ended, and the slot is idle again; nil if it may go on.
    func enforceLimits() -> Outcome? {
        guard let launch, let process = command ?? worker?.process else { return nil }
        var failure: Failure?
        if let timeout = launch.timeout, MonotonicClock.nanoseconds() >= deadline(timeout) {
            failure = .tooLong(seconds: Int(timeout))
        } else if let limit = launch.memory {
            let used = Host.memoryInUse(ofGroup: process.pid)
            if used > limit {
                failure = .tooMuchMemory(used: used, limit: limit)
            }
        }
        guard let failure else { return nil }
        stop()
        return .failed(failure)
    }

    /// Milliseconds until a limit has to be looked at; nil if there is none.
    func patience(_ nowNs: Int64) -> Int? {
        guard let launch else { return nil }
        let left = launch.timeout.map { Int(max(0, deadline($0) - nowNs) / 1_000_000) + 1 }
        guard launch.memory != nil else { return left }
        return min(left ?? .max, 200)
    }

    private func deadline(_ timeout: Double) -> Int64 { startedNs + Int64(timeout * 1e9) }

    /// Ends what runs here, in steps; the slot is idle then.
    func stop() {
        command?.terminate(grace: 2)
        release()
        dropWorker()
    }

    private func release() {
        launch = nil
        command = nil
    }

    /// Ends the worker, in steps; the next unit gets a new one.
    func dropWorker() {
        guard let worker else { return }
        worker.process.closeStandardInput()
        worker.process.terminate(grace: 2)
        self.worker = nil
    }
}
