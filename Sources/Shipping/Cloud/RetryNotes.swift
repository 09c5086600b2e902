import AWS
import Synchronization

/// Tells that AWS is asked again and again, when that has gone on for a while: silence for minutes looks like a
/// program that hangs.
final class RetryNotes: Sendable {
    private struct State {
        var tell: (@Sendable (String) -> Void)?
        /// Seconds of waiting at which each call was last told.
        var told: [String: Double] = [:]
    }

    private let state = Mutex(State())

    /// From now on; until then nothing is reported.
    func tell(_ tell: @escaping @Sendable (String) -> Void) { state.withLock { $0.tell = tell } }

    /// As `AWSClient.onRetry`.
    func retried(_ call: AWSCall, _ detail: String, _ seconds: Double) {
        let tell = state.withLock { state -> (@Sendable (String) -> Void)? in
            // A call that starts over has waited less than when it was last told.
            let before = state.told[call.name] ?? 0
            let last = before > seconds ? 0 : before
            guard seconds - last >= 5 else {
                state.told[call.name] = last
                return nil
            }
            state.told[call.name] = seconds
            return state.tell
        }
        tell?("\"\(call.name)\" got no good answer for \(Int(seconds)) s (\(detail)); trying again")
    }
}
