import Glibc
import Posix
import Processes

/// Speaks SFTP version 3 with one server over a few sessions, each kept full of work.
///
/// Lost connections are opened again, and the work on them resumes where it was acknowledged. All of it
/// happens in the thread that calls; nothing runs between the calls.
package final class SFTPClient {
    package let settings: ClientSettings
    private let opener: SessionOpener
    var sessions: [Session] = []
    /// How many sessions there should be.
    var wanted = 1
    private var limit: RateLimit?
    var limits: ServerLimits
    var stall: StallWatch
    /// Bytes that sessions that are gone have sent and had acknowledged.
    var pastBytes: Int64 = 0
    /// Jobs that were begun again under a limit that was tried out.
    var retried: [any Job] = []
    private var reconnection = Reconnection()
    /// Requests that were sent by sessions that are gone.
    private var pastRequests = 0
    /// Work that goes along with what is asked next.
    var attached: [any Job] = []

    /// When a cancellation was first seen, on the monotonic clock.
    private var cancelledSince: Int64?

    package init(_ settings: ClientSettings) {
        self.settings = settings
        opener = SessionOpener(settings)
        limit = settings.bandwidth.map { RateLimit(rate: $0, now: MonotonicClock.nanoseconds()) }
        limits = ServerLimits(settings.limits)
        stall = StallWatch(seconds: settings.stallAfter, bandwidth: settings.bandwidth)
    }

    deinit {
        leaveSession()
        close()
    }

    /// Leaves a session that others need not log in for again.
    private func leaveSession() {
        guard let idle = settings.idle, case .ssh(let target) = settings.carrier,
            settings.cancel?.isCancelled != true,
            let session = sessions.first(where: {
                $0.isIdle && $0.connection == 0 && opener.isFirst($0)
            })
        else { return }
        sessions.removeAll { $0 === session }
        idle.keep(session, of: target, socket: opener.socket(of: session))
    }

    /// How many requests were sent so far.
    package var requests: Int { sessions.reduce(pastRequests) { $0 + $1.requests } }

    /// What the server can do; asks for a session if there is none yet.
    package func capabilities(
        isInterrupted: () -> Bool = { false }
    ) throws(SFTPError) -> Capabilities {
        if let ready = sessions.first(where: \.isReady) { return ready.capabilities }
        try run({ nil }, until: { [self] in sessions.contains(where: \.isReady) }, isInterrupted)
        return sessions.first(where: \.isReady)?.capabilities ?? Capabilities()
    }

    /// Begins to open as many sessions as so much data is worth, and does not wait for them.
    package func prepare(bytes: Int64, files: Int) throws(SFTPError) {
        wanted = max(wanted, opener.worth(bytes: bytes, files: files))
        keepToLimits()
        try openSessions()
    }

    /// Ends all sessions.
    package func close() {
        for session in sessions {
            pastRequests += session.requests
            session.end()
        }
        sessions = []
        attached = []
        retried = []
    }

    /// Does all jobs that `next` hands out, many at once and in no order; throws at the first that fails.
    ///
    /// After a failure or an interruption what was sent is still answered, and the sessions are ended.
    func run(
        _ next: JobQueue.Source, until isEnough: (() -> Bool)? = nil,
        _ isInterrupted: () -> Bool
    ) throws(SFTPError) {
        var work = JobQueue()
        work.putBack(attached)
        attached = []
        reconnection.begin()
        do throws(SFTPError) {
            try openSessions()
            while true {
                if isInterrupted() || isCancelled { throw .interrupted }
                try dispatch(&work, next)
                if let isEnough {
                    if isEnough() { break }
                } else if sessions.allSatisfy(\.jobs.isEmpty), try work.isEmpty(next) {
                    break
                }
                try exchange(&work)
            }
            for session in sessions { session.rest() }
        } catch {
            drain(seconds: settings.cancel?.isCancelled == true ? settings.cancelPatience : 3)
            close()
            throw error
        }
    }

    /// Whether a cancellation ends what is being done: at once while nobody is connected, else when the server
    /// has had its time to answer.
    private var isCancelled: Bool {
        guard settings.cancel?.isCancelled == true else { return false }
        let now = MonotonicClock.nanoseconds()
        let since = cancelledSince ?? now
        cancelledSince = since
        guard sessions.contains(where: \.isReady) else { return true }
        let patience = Int64(settings.cancelPatience * 1e9)
        return now - since > patience
            && now - (sessions.map(\.lastReply).max() ?? since) > patience
    }

    private func openSessions() throws(SFTPError) {
        while sessions.count < wanted, reconnection.mayTry {
            guard let session = try opener.open(beside: sessions) else { return }
            session.limits = limits.active
            sessions.append(session)
        }
    }

    /// Gives each session as much to do as it can take.
    private func dispatch(_ work: inout JobQueue, _ next: JobQueue.Source) throws(SFTPError) {
        var isBusy = true
        // One piece each in turn, so that what there is spreads over the sessions.
        while isBusy {
            isBusy = false
            for session in sessions where session.isReady {
                if try feed(session, &work, next) { isBusy = true }
            }
        }
        for session in sessions { try flush(session, &work) }
    }

    /// Sends a piece of the session's work, or begins more: false when there is nothing to do for it.
    ///
    /// More is begun also where there is no room for data: a file that is to be sent soon is opened
    /// meanwhile, or each of them would cost a journey in which nothing is sent.
    private func feed(_ session: Session, _ work: inout JobQueue, _ next: JobQueue.Source)
        throws(SFTPError) -> Bool
    {
        if session.hasRoom, limit?.mayLeave(now: MonotonicClock.nanoseconds()) != false {
            let before = session.bytesInFlight
            for job in session.jobs where job.sendNext(on: session) {
                limit?.leave(session.bytesInFlight - before)
                return true
            }
        }
        guard session.jobs.count < session.capabilities.openFiles, let job = try work.next(next)
        else { return session.hasRoom && help(session) }
        if limits.active.contains(.oneFile), job.usesHandle, openFiles > 0 {
            work.putBack([job])
            return false
        }
        job.start(on: session)
        session.jobs.append(job)
        try collect(session, &work)
        return true
    }

    /// A session without work of its own takes part in what others do.
    private func help(_ session: Session) -> Bool {
        guard session.jobs.isEmpty else { return false }
        for other in sessions where other !== session {
            for job in other.jobs where job.join(session) {
                session.jobs.append(job)
                return true
            }
        }
        return false
    }

    private func flush(_ session: Session, _ work: inout JobQueue) throws(SFTPError) {
        do { try session.pipes.flush() } catch { try lose(session, error, &work) }
    }

    /// Waits for what comes next and takes it in.
    private func exchange(_ work: inout JobQueue) throws(SFTPError) {
        let interests = sessions.flatMap(\.pipes.interests)
        var wait = min(limit?.waitMs ?? 200, 200)
        if wait == 0 { wait = 200 }
        if sessions.count < wanted { wait = min(wait, reconnection.waitMs ?? 5) }
        do { _ = try Poll.wait(interests, timeoutMs: wait) } catch { throw .local(error) }
        for session in sessions {
            do { try session.receive() } catch {
                try lose(session, error, &work)
                continue
            }
            if session.isReady, !session.isUnproven { reconnection.connected() }
            if try collect(session, &work) || session.takeProgress() { reconnection.progressed() }
            try judge(session, &work)
        }
        leaveStall(&work)
        try openSessions()
    }

    /// Takes out the jobs that have ended; whether there were any.
    @discardableResult
    private func collect(_ session: Session, _ work: inout JobQueue) throws(SFTPError) -> Bool {
        for job in session.jobs {
            guard case .failed(let failure) = job.state else { continue }
            guard stepDown(after: job) else { throw failure }
            for session in sessions { session.jobs.removeAll { $0 === job } }
            job.reset()
            work.putBack([job])
            retried.append(job)
        }
        let before = session.jobs.count
        for job in session.jobs where !job.state.isRunning {
            if let limit = job.discovered { learn(limit) }
        }
        session.jobs.removeAll { !$0.state.isRunning }
        if session.jobs.count < before { confirmLimits() }
        return session.jobs.count < before
    }

    /// Notices a session that answers no more, and keeps one alive that has nothing to do.
    private func judge(_ session: Session, _ work: inout JobQueue) throws(SFTPError) {
        let now = MonotonicClock.nanoseconds()
        let seconds = session.isUnproven ? settings.idlePatience : settings.patience
        let patience = Int64(seconds * 1e9)
        if let oldest = session.oldestRequest ?? (session.isReady ? nil : session.lastReply),
            now - oldest > patience
        {
            let loss = SessionLoss(
                reason: "no answer for \(Int(seconds)) seconds", isViolation: false)
            try lose(session, loss, &work)
            // Others may be answered because this one is not.
            wanted = max(1, sessions.count)
        } else if session.isReady, !session.hasPending, now - session.lastReply > 60_000_000_000 {
            session.send(.realPath(RemotePath("."))) { _ in }
        }
    }

    /// Gives the jobs of a session that is gone to the others, or to the next.
    private func lose(
        _ session: Session, _ loss: SessionLoss, _ work: inout JobQueue
    ) throws(SFTPError) {
        let (isReady, isUnproven) = (session.isReady, session.isUnproven)
        remove(session, &work)
        if loss.isViolation { throw .protocolViolation(loss.reason) }
        // It says nothing of the server.
        if isUnproven { return }
        switch reconnection.lost(wasReady: isReady, others: sessions.count) {
        case .again: break
        case .fewer:
            wanted = max(1, sessions.count)
            if wanted == 1 { learn(.oneSession) }
        case .giveUp:
            throw .noConnection(
                host: settings.host, diagnosis: loss.reason, command: settings.manualCommand)
        }
        if [1, 4, 8].contains(reconnection.failures), let reason = settings.absence?() {
            throw .noConnection(host: settings.host, diagnosis: reason)
        }
        if reconnection.isOverdue(settings.retryFor) {
            throw .noConnection(
                host: settings.host, diagnosis: loss.reason, command: settings.manualCommand)
        }
    }

    /// Ends a session; its jobs wait for another.
    func remove(_ session: Session, _ work: inout JobQueue) {
        sessions.removeAll { $0 === session }
        pastRequests += session.requests
        pastBytes += session.acknowledged + session.pipes.bytesSent
        let jobs = session.jobs
        session.end(atOnce: true)
        work.putBack(jobs.filter { $0.state.isRunning && $0.connectionLost(session) })
    }
}
