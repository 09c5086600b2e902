/// Writes a file of one piece under a temporary name, gives it its name, and removes other files: in three
/// journeys, or two where it needs no other name.
final class SmallWriteJob: Job {
    struct Plan {
        /// Where it is written.
        var path: RemotePath
        var bytes: [UInt8]
        /// The name that it gets once it is there, if another.
        var name: RemotePath?
        /// Removed once it is there; they may be missing.
        var removing: [RemotePath]
        /// Whether it is put on stable storage first, where the server can do that.
        var isDurable: Bool
        /// Whether what has the name stays, and the write fails.
        var keepsExisting = false
    }

    private(set) var state = JobState.running
    private let plan: Plan
    /// Requests that are not answered yet, and what follows once all are.
    private var unanswered = 0
    private var next: (SmallWriteJob, Session) -> Void = { _, _ in }
    private var failure: SFTPError?
    private var size: Int64?
    private var isSizeAsked = false
    private var isOpenRefused = false
    /// Whether what has the name is this job's own, and is not whole yet.
    private var isMade = false
    private(set) var begunUnder: Set<ServerLimit> = []

    private let done: () -> Void

    init(_ plan: Plan, done: @escaping () -> Void = {}) {
        self.plan = plan
        self.done = done
    }

    func start(on session: Session) {
        begunUnder = session.limits
        (unanswered, failure, size, isSizeAsked) = (0, nil, nil, false)
        open(on: session, isCleared: false)
    }

    var usesHandle: Bool { true }

    func suspects(ofSeveralFiles: Bool) -> [ServerLimit] {
        isOpenRefused && ofSeveralFiles ? [.oneFile] : []
    }

    func reset() { (state, isOpenRefused) = (.running, false) }

    private func open(on session: Session, isCleared: Bool) {
        let attributes = FileAttributes(permissions: 0o644)
        // A new file always: what has the name could be a link to anywhere.
        session.send(.open(plan.path, [.write, .create, .exclusive], attributes)) {
            [self] reply throws(ProtocolViolation) in
            switch reply {
            case .handle(let handle):
                isMade = true
                write(handle, on: session)
            case .status(let code, _)
            where !isCleared && code.mayMeanExists && (!plan.keepsExisting || isMade):
                session.send(.remove(plan.path)) { [self] _ in
                    open(on: session, isCleared: true)
                }
            case .status(let code, let message):
                isOpenRefused = code != .noSuchFile
                state = .failed(error("create", code, message))
            default: throw ProtocolViolation("OPEN was answered by something else")
            }
        }
    }

    private func write(_ handle: Handle, on session: Session) {
        next = { job, session in job.name(on: session) }
        unanswered += 1
        _ = session.sendWrite(
            handle, offset: 0, length: plan.bytes.count,
            fill: {
                $0.copyBytes(from: plan.bytes)
                return true
            }, { [self] reply in took(reply, "write", on: session) })
        ask(.setHandleStatus(handle, FileAttributes(permissions: 0o644)), nil, on: session)
        if plan.isDurable, session.capabilities.canSynchronize {
            ask(.synchronize(handle), "put on disk", on: session)
        }
        ask(.handleStatus(handle), "look at", on: session)
        ask(.close(handle), "close", on: session)
        // Where it needs no other name these need not wait: a server works in the order of requests.
        if plan.name == nil { remove(on: session) }
    }

    /// All of it is there: it gets its name.
    private func name(on session: Session) {
        if size != Int64(plan.bytes.count) {
            // A server need not answer FSTAT after WRITEs that came first: now all are answered.
            guard isSizeAsked else {
                isSizeAsked = true
                return ask(.linkStatus(plan.path), "look at", on: session)
            }
            let expected = Int64(plan.bytes.count)
            failure = .sizeDiffers(path: "\(plan.path)", expected: expected, found: size)
        }
        guard failure == nil else { return giveUp(on: session) }
        guard let name = plan.name else { return end() }
        guard session.capabilities.canReplace else {
            // Version 3's RENAME does not replace what has the name.
            next = { job, session in job.rename(.rename(job.plan.path, to: name), on: session) }
            return ask(.remove(name), nil, on: session)
        }
        rename(.replace(name, by: plan.path), on: session)
    }

    private func rename(_ request: Request, on session: Session) {
        next = { job, _ in job.end() }
        ask(request, "rename into place", on: session)
        remove(on: session)
    }

    private func remove(on session: Session) {
        for path in plan.removing { ask(.remove(path), "remove", on: session) }
    }

    private func giveUp(on session: Session) {
        guard plan.keepsExisting, isMade else { return end() }
        // Nobody else would remove it: to them the name is taken.
        isMade = false
        ask(.remove(plan.path), nil, on: session)
    }

    private func end() {
        state = failure.map { .failed($0) } ?? .done
        if failure == nil { done() }
    }

    /// `operation` is nil where a refusal does not matter.
    private func ask(_ request: Request, _ operation: String?, on session: Session) {
        unanswered += 1
        session.send(request) { [self] reply in took(reply, operation, on: session) }
    }

    private func took(_ reply: Reply, _ operation: String?, on session: Session) {
        unanswered -= 1
        if case .attributes(let attributes) = reply { size = attributes.size }
        if case .status(let code, let message) = reply, code != .ok, let operation,
            operation != "remove" || code != .noSuchFile
        {
            failure = failure ?? error(operation, code, message)
        }
        guard unanswered == 0 else { return }
        if failure == nil { next(self, session) } else { giveUp(on: session) }
    }

    private func error(_ operation: String, _ code: StatusCode, _ message: String) -> SFTPError {
        .refused(operation: operation, path: "\(plan.name ?? plan.path)", code, message: message)
    }
}
