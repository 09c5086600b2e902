/// Reads a file from its beginning, many pieces at once, and hands its bytes on in their order.
final class ReadJob: OpeningJob {
    var state = JobState.running
    private let path: RemotePath
    private let size: Int64?
    private let limit: Int64
    private let take: (ArraySlice<UInt8>) -> SFTPError?
    private let end: (Bool) -> SFTPError?
    private var handle: Handle?
    private var next: Int64 = 0
    private var delivered: Int64 = 0
    private var early: [Int64: ArraySlice<UInt8>] = [:]
    private var inFlight = 0
    private var isAtEnd = false
    var isOpenRefused = false
    private(set) var begunUnder: Set<ServerLimit> = []

    /// - Parameters:
    ///   - size: what the file should hold, if known: so much is read, or up to its end where that comes before.
    ///     Otherwise it is read up to its end or to `limit`.
    ///   - take: is given the bytes in order, each byte once, also over lost connections.
    ///   - end: learns whether there is such a file.
    init(
        _ path: RemotePath, size: Int64?, limit: Int64 = .max,
        take: @escaping (ArraySlice<UInt8>) -> SFTPError?, end: @escaping (Bool) -> SFTPError?
    ) {
        self.path = path
        self.size = size
        self.limit = limit
        self.take = take
        self.end = end
    }

    func start(on session: Session) {
        begunUnder = session.limits
        next = delivered
        session.send(.open(path, .read, FileAttributes())) {
            [self] reply throws(ProtocolViolation) in
            switch reply {
            case .handle(let opened):
                handle = opened
                if size == delivered { finish(on: session) }
                if size == nil { read(min(limit, Int64(session.capabilities.readLength)), session) }
            case .status(.noSuchFile, _): settle(end(false))
            case .status(let code, let message):
                isOpenRefused = true
                refuse(code, message)
            default: throw ProtocolViolation("OPEN was answered by something else")
            }
        }
    }

    func connectionLost(_ session: Session) -> Bool {
        (handle, inFlight, isAtEnd) = (nil, 0, false)
        early = [:]
        return true
    }

    func sendNext(on session: Session) -> Bool {
        guard let size, handle != nil, !isAtEnd, next < size, state.isRunning else { return false }
        read(min(size - next, Int64(session.capabilities.readLength)), session)
        return true
    }

    private func read(_ length: Int64, _ session: Session) {
        request(next, length, session)
        next += length
    }

    private func request(_ offset: Int64, _ length: Int64, _ session: Session) {
        guard let handle else { return }
        inFlight += 1
        session.send(
            .read(handle, offset: UInt64(offset), length: UInt32(length)), bytes: Int(length)
        ) { [self] reply throws(ProtocolViolation) in
            inFlight -= 1
            switch reply {
            case .data(let bytes):
                guard bytes.count <= length, !bytes.isEmpty else {
                    throw ProtocolViolation(
                        "READ was answered by more than was asked for, or nothing")
                }
                accept(bytes, at: offset)
                let rest = length - Int64(bytes.count)
                if rest > 0, size != nil, state.isRunning {
                    request(offset + Int64(bytes.count), rest, session)
                } else if size == nil {
                    // A short answer is the end of a regular file (section 6.4 of the draft).
                    if rest > 0 || next >= limit {
                        isAtEnd = true
                    } else {
                        read(min(limit - next, length), session)
                    }
                }
            case .status(.endOfFile, _): isAtEnd = true
            case .status(let code, let message): refuse(code, message)
            default: throw ProtocolViolation("READ was answered by something else")
            }
            if inFlight == 0, isAtEnd || delivered == size { finish(on: session) }
        }
    }

    private func accept(_ bytes: ArraySlice<UInt8>, at offset: Int64) {
        early[offset] = bytes
        while let bytes = early.removeValue(forKey: delivered), state.isRunning {
            delivered += Int64(bytes.count)
            if let failure = take(bytes) { state = .failed(failure) }
        }
    }

    private func finish(on session: Session) {
        guard state.isRunning, let handle else { return }
        self.handle = nil
        session.send(.close(handle)) { _ in }
        settle(end(true))
    }

    private func settle(_ failure: SFTPError?) {
        if let failure { state = .failed(failure) } else { state = .done }
    }

    private func refuse(_ code: StatusCode, _ message: String) {
        state = .failed(.refused(operation: "read", path: "\(path)", code, message: message))
    }
}
