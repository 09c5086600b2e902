import Posix
import Processes

/// Keeps to a number of bytes a second.
final class Pace {
    private let limit: Int64?
    private let cancellation: Cancellation
    private let beganNs = MonotonicClock.nanoseconds()
    private var bytes: Int64 = 0

    init(limit: Int64?, _ cancellation: Cancellation) {
        self.limit = limit
        self.cancellation = cancellation
    }

    /// Waits until so many more bytes may be sent.
    func wait(for more: Int64) throws {
        guard let limit, limit > 0 else { return }
        let allowedNs = beganNs + Int64(Double(bytes) / Double(limit) * 1e9)
        bytes += more
        while MonotonicClock.nanoseconds() < allowedNs {
            let left = Int(allowedNs - MonotonicClock.nanoseconds()) / 1_000_000
            _ = try Poll.wait([(cancellation.descriptor, .readable)], timeoutMs: max(1, left))
            if cancellation.isCancelled { throw ProcessError.interrupted }
        }
    }
}
