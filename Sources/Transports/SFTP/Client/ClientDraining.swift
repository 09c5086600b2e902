import Posix

extension SFTPClient {
    /// Takes in the answers to what was sent, for a few seconds: what they acknowledge need not be sent
    /// again.
    func drain(seconds: Double) {
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while MonotonicClock.nanoseconds() < end {
            let open = sessions.filter { $0.isReady && $0.hasPending }
            guard !open.isEmpty else { return }
            let pipes = open.flatMap(\.pipes.interests)
            _ = try? Poll.wait(pipes, timeoutMs: 100)  // try?: each session is asked below
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
