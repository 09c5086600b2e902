import Digests
import Posix

/// Sends one file. All of its WRITEs, the setting of its times and the CLOSE go out without waiting;
/// once each of them was answered well and the size is right, the file gets its name.
///
/// It is opened for writing only: some servers (AWS Transfer Family) refuse to open for both.
final class UploadJob: Job {
    enum Phase { case checking, opening, writing, closing, renaming }

    var state = JobState.running
    let upload: Upload
    let events: UploadEvents
    var phase = Phase.opening
    var handle: Handle?
    var failure: SFTPError?
    /// Requests of the closing phase that were not answered yet, and what FSTAT said.
    var openAnswers = 0
    var sizeThere: Int64?
    private var source: UploadSource?
    private var next: Int64 = 0
    private var acknowledged: Int64
    private var inFlight: [Int64: Int64] = [:]

    init(_ upload: Upload, _ events: UploadEvents) {
        self.upload = upload
        self.events = events
        acknowledged = upload.acknowledged
    }

    func start(on session: Session) {
        guard openSource() else { return }
        if phase == .renaming {
            findOutAboutRename(on: session)
        } else if acknowledged > 0 {
            phase = .checking
            UploadCheck(self, at: acknowledged).start(on: session)
        } else {
            open(on: session, at: 0)
        }
    }

    func connectionLost() {
        (handle, openAnswers, sizeThere, failure) = (nil, 0, nil, nil)
        inFlight = [:]
        if phase != .renaming { phase = .opening }
    }

    private func openSource() -> Bool {
        guard source == nil else { return true }
        do throws(PosixError) {
            let opened = try UploadSource(upload.source)
            source = opened
            guard opened.size != upload.size else { return true }
            // Of another size than planned: so its digest cannot be right either.
            state = .failed(differs(nil))
        } catch {
            state = .failed(.local(error))
        }
        return false
    }

    /// The local bytes before `offset`, to be compared with those of the server.
    func tail(of length: Int, before offset: Int64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            let isRead =
                source?.read(UnsafeMutableRawBufferPointer(buffer), at: offset - Int64(length))
                ?? false
            count = isRead ? length : 0
        }
    }

    func open(on session: Session, at offset: Int64) {
        phase = .opening
        acknowledged = offset
        next = offset
        let flags: Request.OpenFlags = offset > 0 ? .write : [.write, .create, .truncate]
        let attributes = FileAttributes(permissions: upload.permissions)
        session.send(.open(upload.aside, flags, attributes)) {
            [self] reply throws(ProtocolViolation) in
            switch reply {
            case .handle(let opened):
                handle = opened
                phase = .writing
                guard source?.catchUp(to: offset) == true else { return giveUp(on: session) }
                if next == upload.size { close(on: session) }
            case .status(let code, let message): refuse("create", code, message)
            default: throw ProtocolViolation("OPEN was answered by something else")
            }
        }
    }

    func sendNext(on session: Session) -> Bool {
        guard phase == .writing, let handle, failure == nil, next < upload.size, let source else {
            return false
        }
        let offset = next
        let length = min(upload.size - offset, Int64(session.capabilities.writeLength))
        let isSent = session.sendWrite(
            handle, offset: offset, length: Int(length), fill: { source.read($0, at: offset) },
            { [self] reply throws(ProtocolViolation) in
                try written(reply, offset, on: session)
            })
        guard isSent else {
            giveUp(on: session)
            return false
        }
        inFlight[offset] = length
        next += length
        if next == upload.size { close(on: session) }
        return true
    }

    private func written(
        _ reply: Reply, _ offset: Int64, on session: Session
    ) throws(ProtocolViolation) {
        guard case .status(let code, let message) = reply else {
            throw ProtocolViolation("WRITE was answered by something else")
        }
        let length = inFlight.removeValue(forKey: offset) ?? 0
        if code != .ok {
            failure = failure ?? error("write", code, message)
        } else if failure == nil, offset == acknowledged {
            // What lies behind a gap was acknowledged too, but does not count until the gap is filled.
            acknowledged = inFlight.keys.min() ?? max(offset + length, next)
            events.acknowledged(acknowledged)
        }
        if failure != nil, phase == .writing, inFlight.isEmpty { abandon(on: session) }
        settle(on: session)
    }

    /// All is read: the file must be what was planned, and must not have changed meanwhile.
    private func close(on session: Session) {
        guard let source, let digest = source.finish() else { return giveUp(on: session) }
        guard digest == upload.digest, source.isUnchanged else {
            failure = differs(digest)
            discard(on: session)
            return
        }
        sendClosing(on: session, modified: source.modified)
    }

    /// The source cannot be read to its end any more.
    private func giveUp(on session: Session) {
        failure = differs(source?.finish())
        discard(on: session)
    }

    var isWritten: Bool { inFlight.isEmpty }

    private func differs(_ found: Digest?) -> SFTPError {
        let path = if case .file(let path) = upload.source { path } else { "\(upload.target)" }
        return .sourceDiffers(
            path: path, target: upload.target, expected: upload.digest, found: found)
    }

    func error(_ operation: String, _ code: StatusCode, _ message: String) -> SFTPError {
        .refused(operation: operation, path: "\(upload.target)", code, message: message)
    }

    func refuse(_ operation: String, _ code: StatusCode, _ message: String) {
        state = .failed(error(operation, code, message))
    }
}
