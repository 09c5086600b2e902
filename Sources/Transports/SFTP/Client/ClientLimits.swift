import Posix

/// How a client comes to do without what a server does not take.
extension SFTPClient {
    /// Whether a file that was truncated is worth continuing.
    package var resumesFiles: Bool { !limits.active.contains(.noResume) }

    /// How many files and folders are open, or about to be.
    var openFiles: Int { sessions.reduce(0) { $0 + $1.jobs.count(where: \.usesHandle) } }

    /// A file may be open at the server for so long after its CLOSE was sent.
    private static let closingNs: Int64 = 1_000_000_000

    /// Keeps to a limit under which the job that failed is worth another try; false where none is left.
    func stepDown(after job: any Job) -> Bool {
        // Others were begun before the first that failed had its limit, and fail for the same reason.
        let added = limits.active.subtracting(job.begunUnder)
        if job.suspects(ofSeveralFiles: true).contains(where: added.contains) { return true }
        let now = MonotonicClock.nanoseconds()
        let isJustClosed = sessions.contains { now - $0.lastCloseNs < Self.closingNs }
        let suspects = job.suspects(ofSeveralFiles: openFiles > 1 || isJustClosed)
        for limit in suspects where limits.tryOut(limit) {
            keepToLimits()
            return true
        }
        return false
    }

    /// What is on its way goes on; what begins keeps to the limits.
    func keepToLimits() {
        if limits.active.contains(.oneSession) { wanted = 1 }
        for session in sessions { session.limits = limits.active }
    }

    /// A limit that needs no trying out.
    func learn(_ limit: ServerLimit) {
        guard limits.learn(limit) else { return }
        keepToLimits()
        settings.onLimit?(limit)
    }

    /// What failed has worked under the limits: they are the server's.
    func confirmLimits() {
        guard !retried.isEmpty else { return }
        let isDone = retried.contains {
            if case .done = $0.state { true } else { false }
        }
        guard isDone else { return }
        retried = []
        for limit in limits.confirm() { settings.onLimit?(limit) }
    }

    /// Where next to nothing arrives of what was sent, one session takes over, and if that does not help
    /// either, one file and one WRITE at a time.
    func leaveStall(_ work: inout JobQueue) {
        let moved = sessions.reduce(pastBytes) { $0 + $1.acknowledged + $1.pipes.bytesSent }
        let isStalled = stall.isStalled(
            moved: moved, isWaiting: sessions.contains { $0.bytesInFlight > 0 },
            sessions: sessions.count, now: MonotonicClock.nanoseconds())
        guard isStalled, limits.tryOut(sessions.count > 1 ? .oneSession : .lockStep) else { return }
        if limits.active.contains(.lockStep) { _ = limits.tryOut(.oneFile) }
        // Nothing of a connection that stalls is used any more.
        for session in sessions {
            retried += session.jobs
            remove(session, &work)
        }
        wanted = 1
        keepToLimits()
    }
}
