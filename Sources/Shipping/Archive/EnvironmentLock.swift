import Archive
import DeployTargets
import Dispatch
import Failures
import PipelineEngine
import PipelineModel
import Posix
import Processes
import Slots
import Synchronization

/// The right of one clone at a time to change an environment that no service guards: a file of the archive, which a thread of its
/// own renews until it is let go of.
final class EnvironmentLock: Sendable {
    private let environment: String
    /// Of the lock in the archive.
    private let name: String
    private let timing: Timing
    private let state = Mutex(State())
    private let isTaken = DispatchSemaphore(value: 0)
    private let isEnding = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    private struct State {
        /// Why it was not taken.
        var failure: Failure?
        /// Who has it instead, once it was lost.
        var loss: Failure?
        /// Nanoseconds of the steady clock until which nobody else takes it.
        var untilNs: Int64 = .max
    }

    /// Injected by tests.
    struct Timing: Sendable {
        /// Nanoseconds; goes on while the machine sleeps.
        var steady: @Sendable () -> Int64 = { SuspensionClock.nanoseconds() }
        /// Between looks; a lock counts as left behind after four times as long.
        var pauseMs = 30_000
    }

    private init(_ environment: String, _ name: String, _ timing: Timing) {
        self.environment = environment
        self.name = name
        self.timing = timing
    }

    /// - Parameters:
    ///   - name: of the lock in the archive.
    ///   - place: the archive, for the thread of the lock.
    /// - Throws: `Failure` where it is not to be had, `ProcessError.interrupted`.
    static func take(
        _ name: String, by record: PlaceLockRecord,
        at place: @escaping @Sendable () -> ArchivePlace,
        _ patience: PlaceLock.Patience, cancellation: Cancellation,
        emit: @escaping @Sendable (RunEvent) -> Void, timing: Timing = Timing()
    ) throws -> EnvironmentLock {
        let made = EnvironmentLock(record.environment, name, timing)
        DispatchQueue(label: "environment-lock").async { @Sendable in
            made.hold(record, place(), patience, cancellation, emit)
        }
        made.isTaken.wait()
        if let failure = made.state.withLock({ $0.failure }) {
            if cancellation.isCancelled { throw ProcessError.interrupted }
            throw failure
        }
        return made
    }

    /// - Throws: `Failure` where another clone has taken it, or may have: it was not renewed for as long as it lives.
    func confirm() throws {
        let now = timing.steady()
        let loss = state.withLock { state in
            state.loss ?? (now < state.untilNs ? nil : Self.lost(environment, by: nil))
        }
        if let loss { throw loss }
    }

    /// Lets go of it.
    func release() {
        isEnding.signal()
        hasEnded.wait()
        HeldLocks.remove(name)
    }

    private func hold(
        _ record: PlaceLockRecord, _ place: ArchivePlace,
        _ patience: PlaceLock.Patience, _ cancellation: Cancellation,
        _ emit: @escaping @Sendable (RunEvent) -> Void
    ) {
        defer { hasEnded.signal() }
        let lock: PlaceLock
        do {
            var clock = RunContext.clock(cancellation)
            clock.steady = timing.steady
            lock = PlaceLock(try place.lock(of: name), record, clock: clock)
            try lock.take(patience) { holder in
                let who = holder?.owner ?? "another clone"
                emit(.note("waiting for \(who), who changes environment \"\(environment)\""))
            }
        } catch {
            let failure = failure(of: error)
            state.withLock { $0.failure = failure }
            isTaken.signal()
            return
        }
        renew(lock)
        isTaken.signal()
        while isEnding.wait(timeout: .now() + .milliseconds(timing.pauseMs)) == .timedOut {
            renew(lock)
        }
        do { try lock.release() } catch {
            emit(
                .note(
                    "the lock of environment \"\(environment)\" is left, and ends by itself: \(error)"
                ))
        }
    }

    private func renew(_ lock: PlaceLock) {
        do {
            let until = try lock.confirm()
            state.withLock { $0.untilNs = until }
        } catch TransportError.overtaken(let owner) {
            let loss = Self.lost(environment, by: owner)
            state.withLock { $0.loss = loss }
        } catch {
            // The place does not answer: the lock is this run's for as long as it lives, and no longer (`confirm`).
        }
    }

    private func failure(of error: any Error) -> Failure {
        guard case .held(let holder)? = error as? PlaceLockError else { return Failure(of: error) }
        return Failure(
            "environment-held",
            "another clone is changing environment \"\(environment)\""
                + (holder.map { ": \($0.owner)" } ?? ""),
            cause: "it holds the environment's lock in the archive",
            next: "wait for it; if it is surely dead", run: .again(adding: "--take-lease"))
    }

    private static func lost(_ environment: String, by owner: String?) -> Failure {
        Failure(
            "environment-held",
            "\(owner ?? "another clone") has taken environment \"\(environment)\"; nothing more was changed",
            cause: "the lock in the archive is not this run's any more", next: "see what is live",
            run: .exact("pipeline releases --environment \(environment)"))
    }
}

extension ProjectArchive {
    /// Takes the environment's lock for the rest of the command, where nothing else guards the environment.
    ///
    /// - Returns: whether it was taken just now: what was looked at before may have changed.
    func hold(_ context: RunContext, _ options: LeaseOptions) throws -> Bool {
        let environment = context.environment.name
        guard context.cloud == nil, adding != nil, locks.withLock({ $0[environment] == nil })
        else { return false }
        // The site of one machine is not that of another.
        let name: String
        if case .site = context.target.deployment {
            name = "\(environment)@\(Host.name)"
        } else {
            name = environment
        }
        let patience: PlaceLock.Patience =
            options.takes ? .takes : options.waits ? .waits : .failsAtOnce
        // Written first: a run that is killed leaves the lock, and the next one finds it by this.
        try HeldLocks.add(name)
        let taken: EnvironmentLock
        do {
            let connection = connection(context.session.cancellation)
            taken = try EnvironmentLock.take(
                name, by: try context.lockRecord(), at: { connection.place() }, patience,
                cancellation: context.session.cancellation, emit: context.session.emit)
        } catch {
            HeldLocks.remove(name)
            throw error
        }
        locks.withLock { $0[environment] = taken }
        return true
    }

    /// - Throws: `Failure` where another clone has taken the environment meanwhile.
    func confirmHeld(_ environment: String) throws {
        try locks.withLock { $0[environment] }?.confirm()
    }

    /// Lets go of all that is held.
    func releaseLocks() {
        let held = locks.withLock { locks in
            defer { locks = [:] }
            return locks
        }
        for lock in held.values { lock.release() }
    }

    /// Lets go of locks that a killed run of this clone has left. What cannot be looked at is looked at by the next run.
    func clearLocks(_ session: RunSession) {
        do {
            for name in try HeldLocks.names() where adding != nil {
                let place = connection(session.cancellation).place()
                let lock = PlaceLock(
                    try place.lock(of: name), try session.lockRecord(environment: name),
                    clock: RunContext.clock(session.cancellation))
                do {
                    try lock.take(.failsAtOnce) { _ in }
                    try lock.release()
                } catch is PlaceLockError {
                    // Another clone has it by now.
                }
                HeldLocks.remove(name)
            }
        } catch {
            session.emit(
                .note(
                    "a lock that a killed run has left ends by itself: \(Failure(of: error).headline)"
                ))
        }
    }
}

extension RunContext {
    /// Takes the right to change the environment, for the rest of the command: the operators' lease at AWS, the lock that an archive
    /// carries elsewhere. Then what the one who had it before has done is read.
    ///
    /// - Returns: whether it was taken just now: what was looked at before may have changed.
    func hold(_ options: LeaseOptions, reason: String) throws -> Bool {
        if let cloud {
            guard cloud.lease == nil else { return false }
            try cloud.hold(session, reason: reason, options: options)
        } else {
            guard let archive, try archive.hold(self, options) else { return false }
        }
        try archive?.reread(session)
        places.forgetAll()
        return true
    }
}
