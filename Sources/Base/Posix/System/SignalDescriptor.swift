import CPosix
import Glibc

/// Signals that arrive as something to read rather than by a handler (signalfd(2)).
///
/// Make it first thing in `main`: it blocks the signals in the calling thread, and threads inherit that
/// when they are made. Children of this package start with nothing blocked.
package struct SignalDescriptor: ~Copyable, Sendable {
    /// Readable when a signal is pending.
    package let descriptor: Int32

    package init(_ signals: [Int32]) throws(PosixError) {
        descriptor = try systemCall("signalfd") { cposix_signal_descriptor(signals, signals.count) }
    }

    /// Takes the next pending signal; nil when there is none. Does not wait.
    package func next() -> Int32? {
        let number = cposix_next_signal(descriptor)
        return number == 0 ? nil : number
    }

    deinit { close(descriptor) }
}
