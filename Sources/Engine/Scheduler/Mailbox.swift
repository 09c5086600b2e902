package import Posix
import Synchronization

/// Messages from other threads to one that waits with `poll(2)`: readable while there are any.
package final class Mailbox<Message: Sendable>: Sendable {
    package let descriptor: Int32
    private let wake: Int32
    private let messages = Mutex<[Message]>([])
    /// The thread sanitizer does not see the order that comes of a lock which the kernel hands over (futex(2),
    /// FUTEX_LOCK_PI); that of an atomic it does.
    private let order = Atomic(0)

    package init() throws(PosixError) {
        let ends = try Descriptors.pipe()
        (descriptor, wake) = (ends.read, ends.write)
        try Descriptors.setNonBlocking(ends.read)
        try Descriptors.setNonBlocking(ends.write)
    }

    deinit {
        Descriptors.close(descriptor)
        Descriptors.close(wake)
    }

    package func send(_ new: [Message]) {
        let wasEmpty = exclusively { messages in
            defer { messages += new }
            return messages.isEmpty
        }
        // Who takes messages takes all: one that was not empty wakes already. A full pipe wakes the reader as well.
        if wasEmpty { _ = try? Descriptors.writeSome([1], to: wake) }  // try?: full wakes too
    }

    package func take() -> [Message] {
        _ = try? Descriptors.read(descriptor, upTo: 4096)  // try?: only the wake-up
        return exclusively { messages in
            defer { messages = [] }
            return messages
        }
    }

    private func exclusively<Value: Sendable>(_ body: (inout [Message]) -> Value) -> Value {
        messages.withLock { messages in
            order.wrappingAdd(1, ordering: .acquiringAndReleasing)
            defer { order.wrappingAdd(1, ordering: .acquiringAndReleasing) }
            return body(&messages)
        }
    }
}
