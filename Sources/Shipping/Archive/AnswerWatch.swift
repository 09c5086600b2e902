import Dispatch
import Posix
import Processes
import Synchronization

/// Ends the wait for a place's first answer: nobody waits long for an archive that is not there. Also passes on that a person ends the
/// command.
final class AnswerWatch: Sendable {
    /// What is done while it is watched stops with this.
    let cancellation = Cancellation()
    /// How long the first answer may take.
    let seconds: Int
    private let outer: Cancellation?
    private let isEnded = Cancellation()
    private let state = Mutex(State())

    private struct State {
        var hasAnswered = false
        var isSilent = false
    }

    /// - Parameter outer: of the command.
    init(seconds: Int, _ outer: Cancellation?) {
        self.seconds = seconds
        self.outer = outer
        DispatchQueue(label: "archive-answer").async { [self] in watch() }
    }

    /// Whether the place has not answered in time.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// The place has answered: from now on it may take its time.
    func answered() { state.withLock { $0.hasAnswered = true } }

    func end() { isEnded.cancel() }

    private func watch() {
        let endNs = MonotonicClock.nanoseconds() + Int64(seconds) * 1_000_000_000
        var waits = [isEnded.descriptor]
        if let outer { waits.append(outer.descriptor) }
        var timeoutMs: Int? = seconds * 1000
        while !isEnded.isCancelled {
            // What cannot be waited for is only not passed on.
            _ = try? Poll.wait(  // try?: see above
                waits.filter { $0 >= 0 }.map { ($0, .readable) }, timeoutMs: timeoutMs)
            if outer?.isCancelled == true { return cancellation.cancel() }
            guard timeoutMs != nil, MonotonicClock.nanoseconds() >= endNs else { continue }
            timeoutMs = nil
            let isSilent = state.withLock { state in
                state.isSilent = !state.hasAnswered
                return state.isSilent
            }
            if isSilent { return cancellation.cancel() }
        }
    }
}
