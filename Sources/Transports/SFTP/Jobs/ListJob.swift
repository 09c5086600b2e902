/// Reads a folder: READDIRs are sent ahead, since each answer holds a hundred names or so.
final class ListJob: OpeningJob {
    var state = JobState.running
    private let path: RemotePath
    private let expected: Int
    private let found: ([RemoteName]?) -> SFTPError?
    private var names: [RemoteName] = []
    private var handle: Handle?
    /// READDIRs that are not answered yet, by their order, and the first that met the end.
    private var inFlight: Set<Int> = []
    private var sent = 0
    private var end = Int.max
    private var ahead = 2
    private var failure: SFTPError?
    var isOpenRefused = false
    private(set) var begunUnder: Set<ServerLimit> = []
    /// Some servers (asyncssh) open a folder that is missing, and say so at the first READDIR.
    private var isMissing = false

    // Names that OpenSSH's server puts into an answer.
    private static let namesPerReply = 100
    private static let mostAhead = 128
    /// More than that is no folder of data, and would fill this machine's memory.
    static let mostNames = 1_000_000

    /// - Parameters:
    ///   - expected: about how many names there are; only the number of round trips depends on it.
    ///   - found: is given all names but `.` and `..`, or nil where there is no such folder.
    init(
        _ path: RemotePath, expecting expected: Int = 0,
        _ found: @escaping ([RemoteName]?) -> SFTPError?
    ) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    func start(on session: Session) {
        begunUnder = session.limits
        names = []
        (handle, inFlight, sent, end, failure, isMissing) = (nil, [], 0, .max, nil, false)
        ahead = min(max(2, expected / Self.namesPerReply + 2), Self.mostAhead)
        session.send(.openFolder(path)) { [self] reply throws(ProtocolViolation) in
            switch reply {
            case .handle(let opened):
                handle = opened
                read(on: session)
            case .status(.noSuchFile, _): finish(with: nil)
            case .status(let code, let message):
                // Not every server has the right code for a folder that is missing.
                session.send(.linkStatus(path)) { [self] reply in
                    if case .status(.noSuchFile, _) = reply { return finish(with: nil) }
                    isOpenRefused = true
                    refuse(code, message)
                }
            default: throw ProtocolViolation("OPENDIR was answered by something else")
            }
        }
    }

    private func read(on session: Session) {
        guard let handle else { return }
        while inFlight.count < ahead, end == .max {
            let number = sent
            sent += 1
            inFlight.insert(number)
            session.send(.readFolder(handle)) { [self] reply throws(ProtocolViolation) in
                guard state.isRunning, inFlight.remove(number) != nil else { return }
                try take(reply, number)
                read(on: session)
                close(on: session)
            }
        }
    }

    private func take(_ reply: Reply, _ number: Int) throws(ProtocolViolation) {
        switch reply {
        case .names(let more):
            guard !more.isEmpty else { throw ProtocolViolation("READDIR without a name") }
            guard names.count <= Self.mostNames else {
                throw ProtocolViolation("the folder \"\(path)\" has no end")
            }
            names += more
            // It goes on: look further ahead.
            ahead = min(ahead * 2, Self.mostAhead)
        case .status(.endOfFile, _): end = min(end, number)
        case .status(let code, let message):
            // After the end a server may say what it likes.
            if number == 0, code == .noSuchFile {
                isMissing = true
            } else if number < end {
                failure = error(code, message)
            }
            end = min(end, number)
        default: throw ProtocolViolation("READDIR was answered by something else")
        }
    }

    /// All is there once every READDIR before the one that met the end is answered; those after it are
    /// not waited for.
    private func close(on session: Session) {
        guard end != .max, !inFlight.contains(where: { $0 < end }), let handle else { return }
        self.handle = nil
        session.send(.close(handle)) { _ in }
        if isMissing {
            finish(with: nil)
        } else if let failure {
            state = .failed(failure)
        } else {
            finish(with: names.filter { $0.bytes != [0x2E] && $0.bytes != [0x2E, 0x2E] })
        }
    }

    private func finish(with names: [RemoteName]?) {
        if let failure = found(names) { state = .failed(failure) } else { state = .done }
    }

    private func refuse(_ code: StatusCode, _ message: String) {
        state = .failed(error(code, message))
    }

    private func error(_ code: StatusCode, _ message: String) -> SFTPError {
        .refused(operation: "list", path: path.description, code, message: message)
    }
}
