import Dispatch
import Posix
import Processes
import Synchronization

/// SIGINT, SIGTERM and SIGHUP, turned into a cancellation that everything that waits can see.
///
/// Must be made before any other thread is: threads inherit the signals that are blocked here.
final class Interrupts: Sendable {
    let cancellation = Cancellation()
    private let received = Atomic<Int32>(0)
    private let atOnce = Mutex<(@Sendable (ExitCode) -> Void)?>(nil)

    init() throws {
        Signals.ignoreBrokenPipes()
        let signals = try SignalDescriptor([1, 2, 15])
        let thread = DispatchQueue(label: "signals")
        let descriptor = signals.descriptor
        thread.async { @Sendable [self, signals = Box(signals)] in
            while true {
                _ = try? Poll.wait(  // try?: the read that follows waits too
                    [(descriptor, .readable)], timeoutMs: nil)
                guard let number = signals.value.next() else { continue }
                // Told twice, it is meant at once.
                if cancellation.isCancelled { atOnce.withLock { $0 }?(exitCode ?? .interrupted) }
                received.store(number, ordering: .releasing)
                cancellation.cancel()
            }
        }
    }

    /// What a second signal does, with the exit code that the first one asks for.
    func onSecond(_ act: @escaping @Sendable (ExitCode) -> Void) { atOnce.withLock { $0 = act } }

    /// The exit code that the signal asks for; nil if none came.
    var exitCode: ExitCode? {
        switch received.load(ordering: .acquiring) {
        case 0: nil
        case 15: .terminated
        default: .interrupted
        }
    }

    /// Holds the descriptor, which cannot be copied, for the closure that reads it.
    private final class Box: Sendable {
        let value: SignalDescriptor
        init(_ value: consuming SignalDescriptor) { self.value = value }
    }
}
