import Dispatch
import Posix
package import Processes
import Synchronization

/// The right to change an environment, held by one operator at a time, ending by itself.
///
/// It is renewed while it is held. Who was away for longer than it lasts has lost it, learns so at its
/// next write, and is cancelled. Clocks of operators may differ by as much as AWS lets them when it
/// checks signatures; so much later a lease of others counts as ended.
package final class OperatorLease: Sendable {
    /// Seconds that a lease lasts after its last renewal, between renewals, and that clocks may differ.
    package struct Times: Sendable {
        package var length: Int64 = 600
        package var renewal: Double = 120
        package var skew: Int64 = 300
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
        onWait: (OperatorRecord.Holder) -> Void
    ) throws -> OperatorLease {
        var hasTold = false
        while true {
            let now = try store.read()
            var record = now.record
            let clock = Self.now()
            if let holder = record.holder, holder.identity != identity, !takes,
                clock <= holder.until + times.skew
            {
                guard waits else { throw LeaseError.held(holder) }
                if !hasTold { onWait(holder) }
                hasTold = true
                _ = try? Poll.wait([(store.cancel?.descriptor ?? -1, .readable)], timeoutMs: 5000)
                if store.cancel?.isCancelled == true { throw ProcessError.interrupted }
                continue
            }
            record.fence += 1
            record.holder = OperatorRecord.Holder(
                name: name, identity: identity, reason: reason, since: clock,
                until: clock + times.length)
            if let written = try store.write(record, over: now.tag) {
                return OperatorLease(store, written, times, stopping)
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

    package var record: OperatorRecord { state.withLock { $0.version.record } }
    /// Seconds since 1970.
    private static func now() -> Int64 { Timestamp.now().nanoseconds / 1_000_000_000 }

    package var fence: Int { record.fence }

    /// Changes the record, which proves that the lease is still held, and makes it longer.
    package func update(_ change: (inout OperatorRecord) -> Void) throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard !state.isOver else { return }
            var record = state.version.record
            change(&record)
            record.holder?.until = Self.now() + times.length
            if let written = try store.write(record, over: state.version.tag) {
                state.version = written
                return
            }
            let now = try store.read()
            let failure = LeaseError.lost(by: now.record.holder?.name ?? "somebody")
            state.failure = failure
            throw failure
        }
    }

    /// Throws if another operator has taken it: asked before each step that cannot be taken back.
    package func confirm() throws { try update { _ in } }

    /// Gives it back, with a last change of the record.
    package func release(_ change: (inout OperatorRecord) -> Void = { _ in }) throws {
        try state.withLock { state in
            guard !state.isOver, state.failure == nil else { return }
            var record = state.version.record
            change(&record)
            record.holder = nil
            if let written = try store.write(record, over: state.version.tag) {
                state.version = written
            }
            state.isOver = true
        }
    }
}
