/// Work that a session does by a few requests, together with many others of its kind.
///
/// A job can be begun again on another session, whatever became of its requests on the last one.
protocol Job: AnyObject {
    var state: JobState { get }

    /// Begins, or begins again, on this session.
    func start(on session: Session)

    /// Sends one more piece of data, if there is one: false when there is nothing to send now.
    func sendNext(on session: Session) -> Bool

    /// Takes part on one more session that has nothing to do; false where that is of no use.
    func join(_ session: Session) -> Bool

    /// A session is gone, and with it every answer that was awaited there. Whether the job has to be
    /// begun again.
    func connectionLost(_ session: Session) -> Bool

    /// Whether it has a file or folder open while it runs.
    var usesHandle: Bool { get }

    /// What may have made it fail, the likeliest first: under such a limit it is worth another try.
    func suspects(ofSeveralFiles: Bool) -> [ServerLimit]

    /// The limits that it was begun under last.
    var begunUnder: Set<ServerLimit> { get }

    /// What it found out about the server by itself.
    var discovered: ServerLimit? { get }

    /// Is made ready to begin again after it has failed.
    func reset()
}

enum JobState {
    case running
    case done
    case failed(SFTPError)

    var isRunning: Bool {
        if case .running = self { return true }
        return false
    }
}

extension Job {
    func sendNext(on session: Session) -> Bool { false }
    func join(_ session: Session) -> Bool { false }
    func connectionLost(_ session: Session) -> Bool { true }
    var usesHandle: Bool { false }
    func suspects(ofSeveralFiles: Bool) -> [ServerLimit] { [] }
    var begunUnder: Set<ServerLimit> { [] }
    var discovered: ServerLimit? { nil }
    func reset() {}
}

/// A job that has a file or folder open while it runs. Servers with room for one refuse the second.
protocol OpeningJob: Job {
    var state: JobState { get set }
    var isOpenRefused: Bool { get set }
}

extension OpeningJob {
    var usesHandle: Bool { true }

    func suspects(ofSeveralFiles: Bool) -> [ServerLimit] {
        isOpenRefused && ofSeveralFiles ? [.oneFile] : []
    }

    func reset() { (state, isOpenRefused) = (.running, false) }
}
