/// How many bytes may be on their way unanswered on a session: found by trying, in the manner of TCP's
/// slow start.
///
/// The window doubles for as long as a larger one moves more bytes a second. One that gained nothing is
/// taken back, and tried again much later, since roads change. Where a window takes seconds to be
/// answered it is halved: what is on its way may have to be sent again. Pure: the clock is an argument.
struct WindowControl: Hashable, Sendable {
    static let smallest = 256 << 10
    // OpenSSH lets 2 MB of a channel be on its way; much more than that only waits in queues,
    // and is what makes a killed transfer send it again.
    static let largest = 8 << 20
    private static let gain = 1.1
    private static let slowRound = 4.0
    private static let roundsUntilNextTry = 64

    /// Bytes.
    private(set) var window = 4 << 20
    /// Bytes a second that the window before this one moved; nil before the first.
    private var rateBefore: Double?
    private var isTrying = true
    private var quietRounds = 0
    private var roundStart: Int64?
    private var roundBytes = 0

    /// So many bytes were acknowledged at `now` (nanoseconds of a clock that only runs forward).
    mutating func acknowledge(_ bytes: Int, now: Int64) {
        guard let start = roundStart else {
            roundStart = now
            return
        }
        roundBytes += bytes
        // A round is two windows' worth of answers: what is measured is what this window does.
        guard roundBytes >= 2 * window else { return }
        let seconds = max(Double(now - start) / 1e9, 1e-6)
        end(rate: Double(roundBytes) / seconds, seconds: seconds)
        roundStart = now
        roundBytes = 0
    }

    /// Nothing was left to send: what follows is no measure of the window.
    mutating func pause() {
        roundStart = nil
        roundBytes = 0
    }

    private mutating func end(rate: Double, seconds: Double) {
        if seconds > Self.slowRound * 2 {
            window = max(window / 2, Self.smallest)
            (isTrying, rateBefore, quietRounds) = (false, nil, 0)
        } else if isTrying {
            if let before = rateBefore, rate < before * Self.gain {
                window /= 2
                (isTrying, quietRounds) = (false, 0)
            } else {
                grow(rate)
            }
        } else {
            quietRounds += 1
            if quietRounds >= Self.roundsUntilNextTry {
                isTrying = true
                grow(rate)
            }
        }
    }

    private mutating func grow(_ rate: Double) {
        rateBefore = rate
        guard window < Self.largest else {
            (isTrying, quietRounds) = (false, 0)
            return
        }
        window *= 2
    }
}
