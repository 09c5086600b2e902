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
