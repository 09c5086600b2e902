import Posix

extension SFTPClient {
    /// Takes in the answers to what was sent, for a few seconds: what they acknowledge need not be sent
    /// again.
    func drain(seconds: Double) {
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while MonotonicClock.nanoseconds() < end {
            let open = sessions.filter { $0.isReady && $0.hasPending }
            guard !open.isEmpty else { return }
            // try?: whether something came is asked of each session below
            _ = try? Poll.wait(open.flatMap(\.pipes.interests), timeoutMs: 100)
            for session in open {
                do throws(SessionLoss) {
                    try session.pipes.flush()
                    try session.receive()
                } catch {
                    sessions.removeAll { $0 === session }
                    session.end(atOnce: true)
                }
            }
        }
    }
}
