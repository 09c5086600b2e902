import Synchronization

/// Hands events on one at a time, whichever thread they come from: what shows them is made for one.
///
/// Unchecked: `receive` is called with the lock held and never handed out.
final class EventGate: @unchecked Sendable {
    private let lock = Mutex(())
    private let receive: (RunEvent) -> Void

    init(_ receive: @escaping (RunEvent) -> Void) { self.receive = receive }

    func pass(_ event: RunEvent) { lock.withLock { _ in receive(event) } }
}
