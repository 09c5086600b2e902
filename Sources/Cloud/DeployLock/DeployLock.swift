import Dispatch
import Posix
package import Processes
import Synchronization

/// The right to change an environment, held by one operator at a time, ending by itself.
///
/// It is renewed while it is held. Who was away for longer than it lasts may have lost it, learns so when it confirms
/// it, and is cancelled. Clocks of operators may differ by as much as AWS lets them when it checks signatures; so much
/// later a lease of others counts as ended.
package final class DeployLock: Sendable {
    package struct Times: Sendable {
        /// Seconds that a lease lasts after its last renewal, between renewals, and that clocks may differ.
        package var length: Int64 = 600
        package var renewal: Double = 120
        package var skew: Int64 = 300
        /// Seconds between two looks while another operator holds it.
        package var look: Double = 5
        /// Seconds since 1970.
        package var clock: @Sendable () -> Int64 = { Timestamp.now().nanoseconds / 1_000_000_000 }
        package init() {}
    }

    private let store: RecordStore
    private let times: Times
    private let state: Mutex<State>

    private struct State {
        var version: RecordStore.Version
        var failure: LeaseError?
        var isOver = false
    }

    /// Takes the lease, or waits for it.
    ///
    /// - Parameters:
    ///   - waits: whether to wait while another operator holds it.
    ///   - takes: whether to take it although another operator holds it.
    ///   - stopping: cancelled if the lease is lost.
    ///   - onWait: told once who holds it.
    /// - Throws: `LeaseError.held`, `AWSError`.
    package static func take(
        _ store: RecordStore, name: String, identity: String, reason: String, waits: Bool,
        takes: Bool, times: Times = Times(), stopping: Cancellation?,
        onWait: (DeployRecord.Holder) -> Void
    ) throws -> DeployLock {
        var hasTold = false
        while true {
            let now = try store.read()
            var record = now.record
            let clock = times.clock()
            if let holder = record.holder, holder.identity != identity, !takes,
                clock <= holder.until + times.skew
            {
                guard waits else { throw LeaseError.held(holder) }
                if !hasTold { onWait(holder) }
                hasTold = true
                _ = try? Poll.wait(  // try?: it only waits, and the record is read again
                    [(store.cancel?.descriptor ?? -1, .readable)],
                    timeoutMs: Int(times.look * 1000))
                if store.cancel?.isCancelled == true { throw ProcessError.interrupted }
                continue
            }
            record.owner = store.owner
            record.fence = max(record.fence + 1, Int(clock))
            record.holder = DeployRecord.Holder(
                name: name, identity: identity, reason: reason, since: clock,
                until: clock + times.length)
            record.lastHolder = name
            if let written = try store.write(record, over: now) {
                return DeployLock(store, written, times, stopping)
            }
        }
    }

    private init(
        _ store: RecordStore, _ version: RecordStore.Version, _ times: Times,
        _ stopping: Cancellation?
    ) {
        self.store = store
        self.times = times
        state = Mutex(State(version: version))
        schedule(stopping)
    }

    private func schedule(_ stopping: Cancellation?) {
        // Held weakly: a lease that nobody holds any more is not renewed.
        DispatchQueue.global().asyncAfter(deadline: .now() + times.renewal) { [weak self] in
            guard let self, !self.state.withLock({ $0.isOver }) else { return }
            do { try self.update { _ in } } catch is LeaseError {
                stopping?.cancel()
                return
            } catch {
                // Unreachable for now; the next try may still be in time.
            }
            self.schedule(stopping)
        }
    }

    package var record: DeployRecord { state.withLock { $0.version.record } }

    package var fence: Int { record.fence }

    /// Why it is not held any more, as far as this operator has learned; asks nobody.
    package var loss: LeaseError? { state.withLock { $0.failure } }

    /// Changes the record, which proves that the lease is still held, and makes it longer.
    ///
    /// - Throws: `LeaseError.lost`, `.over`, `AWSError`.
    package func update(_ change: (inout DeployRecord) -> Void) throws {
        try state.withLock { state in
            try Self.check(state)
            try write(&state, change)
        }
    }

    /// Throws if another operator has taken it: asked before each step that changes something. The record itself is
    /// looked at each time; it is only written again where the lease would soon run out.
    ///
    /// - Throws: `LeaseError.lost`, `.over`, `AWSError`.
    package func confirm() throws {
        try state.withLock { state in
            try Self.check(state)
            let until = state.version.record.holder?.until ?? 0
            if times.clock() > until - times.length / 2 { return try write(&state) { _ in } }
            if try store.tag() == state.version.tag { return }
            try look(&state)
        }
    }

    private static func check(_ state: State) throws {
        if let failure = state.failure { throw failure }
        if state.isOver { throw LeaseError.over }
    }

    private func write(_ state: inout State, _ change: (inout DeployRecord) -> Void) throws {
        var record = state.version.record
        change(&record)
        record.holder?.until = times.clock() + times.length
        if let written = try store.write(record, over: state.version) {
            state.version = written
            return
        }
        try look(&state)
    }

    /// Another version is there: whose.
    private func look(_ state: inout State) throws {
        let now = try store.read()
        if now.record.nonce == state.version.record.nonce, now.tag != nil {
            state.version = now
            return
        }
        let failure = LeaseError.lost(
            by: now.record.holder?.name ?? now.record.lastHolder ?? "another operator")
        state.failure = failure
        throw failure
    }

    /// Gives it back, with a last change of the record. Where another has taken it, there is nothing to give back.
    package func release(_ change: (inout DeployRecord) -> Void = { _ in }) throws {
        try state.withLock { state in
            guard !state.isOver, state.failure == nil else { return }
            var record = state.version.record
            change(&record)
            record.holder = nil
            if let written = try store.write(record, over: state.version) {
                state.version = written
            }
            state.isOver = true
        }
    }
}
