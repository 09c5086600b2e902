import Posix
import Testing

/// Waiting for what another process or thread does.
enum Await {
    struct InVain: Error {}

    /// Returns once it is so.
    static func that(
        within seconds: Double = 30, _ isSo: () throws -> Bool
    ) throws {
        let began = MonotonicClock.nanoseconds()
        while try !isSo() {
            if Double(MonotonicClock.nanoseconds() - began) / 1e9 > seconds { throw InVain() }
            _ = try Poll.wait([], timeoutMs: 20)
        }
    }
}
