import CPosix
import Glibc
import Synchronization

/// A flag that is set once and can be waited for together with descriptors (eventfd(2)).
package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Readable once cancelled, for good. Negative when no descriptor was left; then only the flag tells.
    package let descriptor: Int32

    package init() { descriptor = cposix_event_descriptor() }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Sets the flag and wakes all who wait; again has no effect. Callable from any thread.
    package func cancel() {
        guard !flag.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
}
