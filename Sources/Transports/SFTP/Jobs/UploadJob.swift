import Digests
import Posix

/// Sends one file. Its WRITEs go out without waiting, over one session or, where the file is large and
/// other sessions have nothing to do, over several; once each was answered well and the size is right,
/// the file gets its name.
///
/// It is opened for writing only: some servers (AWS Transfer Family) refuse to open for both.
final class UploadJob: Job {
    enum Phase { case checking, opening, writing, closing, renaming }

    var state = JobState.running
    let upload: Upload
    let events: UploadEvents
    var phase = Phase.opening
    /// The sessions that carry it, the one that closes it first.
    var strands: [UploadStrand] = []
    var failure: SFTPError?
    /// Requests of the closing phase that were not answered yet, and what FSTAT said.
    var openAnswers = 0
    /// Where a part that an earlier process or connection had sent was continued; 0 where none was.
    private var resumedAt: Int64 = 0
    /// How the attempt went on that failed last.
    var hadSeveralWriters = false
    private var hadPieces = false
    /// Whether anything was acknowledged by this job: then the server takes what is written.
    private var hasProgressed = false
    private(set) var discovered: ServerLimit?
    private(set) var begunUnder: Set<ServerLimit> = []
    var sizeThere: Int64?
    /// Whether the size was asked again by name, after everything was answered.
    var isSizeAsked = false
    private var source: UploadSource?
    private var pieces: UploadPieces
    /// All of it was read, and was what it was to be.
    private var isRead = false

    init(_ upload: Upload, _ events: UploadEvents) {
        self.upload = upload
        self.events = events
        pieces = UploadPieces(size: upload.size, acknowledged: upload.acknowledged)
    }

    func start(on session: Session) {
        begunUnder = session.limits
        guard openSource() else { return }
        strands = [UploadStrand(session)]
        if phase == .renaming {
            findOutAboutRename(on: session)
        } else if pieces.acknowledged > 0, !session.limits.contains(.noResume) {
            phase = .checking
            UploadCheck(self, at: pieces.acknowledged).start(on: session)
        } else {
            open(on: session, at: 0)
        }
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

    /// - Parameter isCleared: what had the temporary file name was removed.
    func open(on session: Session, at offset: Int64, isCleared: Bool = false) {
        phase = .opening
        isRead = false
        (resumedAt, sizeThere, isSizeAsked) = (offset, nil, false)
        pieces = UploadPieces(size: upload.size, acknowledged: offset)
        // A new file always: what has the name could be a link to anywhere.
        let flags: Request.OpenFlags = offset > 0 ? .write : [.write, .create, .exclusive]
        let attributes = FileAttributes(permissions: upload.permissions)
        session.send(.open(upload.aside, flags, attributes)) {
            [self] reply throws(ProtocolViolation) in
            switch reply {
            case .handle(let opened):
                strands.first?.handle = opened
                phase = .writing
                guard source?.catchUp(to: offset) == true else { return giveUp() }
                if pieces.isSent { finishReading() }
            case .status(let code, _) where offset == 0 && !isCleared && code.mayMeanExists:
                session.send(.remove(upload.aside)) { [self] _ in
                    open(on: session, at: 0, isCleared: true)
                }
            case .status where offset > 0:
                discovered = .noResume
                open(on: session, at: 0)
            case .status(let code, let message): refuse("create", code, message)
            default: throw ProtocolViolation("OPEN was answered by something else")
            }
        }
    }

    /// Takes part in a large file that another session has begun.
    func join(_ session: Session) -> Bool {
        guard phase == .writing, failure == nil, pieces.unsent > 16 << 20,
            !session.limits.contains(.oneWriter),
            !strands.contains(where: { $0.session === session })
        else { return false }
        let strand = UploadStrand(session)
        strands.append(strand)
        session.send(.open(upload.aside, .write, FileAttributes())) { [self] reply in
            guard case .handle(let handle) = reply, phase == .writing,
                strands.contains(where: { $0 === strand })
            else {
                // A server may keep a file to one writer: then the first one goes on alone.
                strands.removeAll { $0 === strand }
                if case .handle(let handle) = reply { session.send(.close(handle)) { _ in } }
                return
            }
            strand.handle = handle
        }
        return true
    }

    func sendNext(on session: Session) -> Bool {
        guard phase == .writing, failure == nil, let source,
            let strand = strands.first(where: { $0.session === session }),
            let handle = strand.handle, pieces.isIdle || !session.limits.contains(.lockStep),
            let piece = pieces.next(upTo: session.capabilities.writeLength)
        else { return false }
        let isSent = session.sendWrite(
            handle, offset: piece.offset, length: piece.length,
            fill: { source.read($0, at: piece.offset) },
            { [self] reply throws(ProtocolViolation) in
                try written(reply, piece, strand)
            })
        guard isSent else {
            giveUp()
            return false
        }
        pieces.sent(piece, by: strand)
        if pieces.isSent { finishReading() }
        return true
    }

    private func written(
        _ reply: Reply, _ piece: UploadPieces.Piece, _ strand: UploadStrand
    ) throws(ProtocolViolation) {
        guard case .status(let code, let message) = reply else {
            throw ProtocolViolation("WRITE was answered by something else")
        }
        // What lies behind a gap was acknowledged too, but does not count until the gap is filled.
        let before = pieces.acknowledged
        pieces.answered(piece, by: strand, isGood: code == .ok)
        if code != .ok {
            failure = failure ?? error("write", code, message)
            hadSeveralWriters = strands.count > 1
            hadPieces = hadPieces || !pieces.isIdle
        }
        if pieces.acknowledged > before {
            hasProgressed = true
            events.acknowledged(pieces.acknowledged)
        }
        guard pieces.isIdle, phase == .writing else { return settle() }
        if failure != nil { abandon() } else if isRead { sendClosing() }
    }

    /// All is read: the file must be what was planned, and must not have changed meanwhile.
    private func finishReading() {
        guard let source, let digest = source.finish() else { return giveUp() }
        guard digest == upload.digest, source.isUnchanged else {
            failure = differs(digest)
            return discard()
        }
        isRead = true
        // One session answers in order, so that nothing needs to be waited for; several do not.
        let isInOrder =
            strands.count == 1 && strands[0].session.limits.isDisjoint(with: [.lockStep])
        if isInOrder || pieces.isIdle { sendClosing() }
    }

    /// The source cannot be read to its end any more.
    private func giveUp() {
        failure = differs(source?.finish())
        discard()
    }

    /// A session is gone. Others that carry the file go on with what it had not got answered.
    func connectionLost(_ session: Session) -> Bool {
        guard let lost = strands.first(where: { $0.session === session }) else { return false }
        strands.removeAll { $0 === lost }
        if phase == .writing, failure == nil, strands.contains(where: { $0.handle != nil }) {
            strands.sort { $0.handle != nil && $1.handle == nil }
            pieces.lose(lost)
            return false
        }
        strands = []
        (openAnswers, sizeThere, failure, isSizeAsked) = (0, nil, nil, false)
        if phase != .renaming { phase = .opening }
        return true
    }

    var usesHandle: Bool { true }

    func suspects(ofSeveralFiles: Bool) -> [ServerLimit] {
        guard case .failed(let failure) = state else { return [] }
        switch failure {
        case .refused("create", _, let code, _) where code != .noSuchFile:
            return ofSeveralFiles ? [.oneFile] : []
        case .refused("write", _, _, _), .refused("close", _, _, _), .sizeDiffers:
            var limits: [ServerLimit] = hadSeveralWriters ? [.oneWriter] : []
            guard case .refused = failure else { return limits }
            if resumedAt > 0, !hasProgressed { limits.append(.noResume) }
            if hadPieces { limits.append(.lockStep) }
            return limits + (ofSeveralFiles ? [.oneFile] : [])
        default: return []
        }
    }

    func reset() {
        state = .running
        phase = .opening
        strands = []
        (failure, openAnswers, sizeThere, isSizeAsked) = (nil, 0, nil, false)
        // What several writers left may have gaps wherever a refusal came first.
        if hadSeveralWriters { pieces = UploadPieces(size: upload.size, acknowledged: 0) }
        (hadSeveralWriters, hadPieces) = (false, false)
    }

    var isIdle: Bool { pieces.isIdle }
    var modified: UInt32 { source?.modified ?? 0 }

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

/// A session's part in a file.
final class UploadStrand {
    let session: Session
    /// Nil until the session has opened the file.
    var handle: Handle?

    init(_ session: Session) { self.session = session }
}
