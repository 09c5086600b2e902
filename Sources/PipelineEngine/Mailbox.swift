import Posix
import Synchronization

/// Messages from other threads to one that waits with `poll(2)`: readable while there are any.
final class Mailbox<Message: Sendable>: Sendable {
    let descriptor: Int32
    private let wake: Int32
    private let messages = Mutex<[Message]>([])

    init() throws(PosixError) {
        let ends = try Descriptors.pipe()
        (descriptor, wake) = (ends.read, ends.write)
        try Descriptors.setNonBlocking(ends.read)
        try Descriptors.setNonBlocking(ends.write)
    }

    deinit {
        Descriptors.close(descriptor)
        Descriptors.close(wake)
    }

    func send(_ new: [Message]) {
        let wakes = messages.withLock { messages in
            defer { messages += new }
            return messages.isEmpty
        }
        // Who takes messages takes all: one that was not empty wakes already.
        if wakes { _ = try? Descriptors.writeSome([1], to: wake) }
    }

    func take() -> [Message] {
        _ = try? Descriptors.read(descriptor, upTo: 4096)
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
