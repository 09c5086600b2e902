import Posix
import Processes

/// One SFTP session with a server: requests go out without waiting, replies come back in any order.
///
/// It never blocks: `flush` and `receive` do what the pipes allow. None of it is for two threads.
final class Session {
    typealias Handler = (Reply) throws(ProtocolViolation) -> Void

    private struct Pending {
        let bytes: Int
        let sent: Int64
        let handler: Handler
    }

    let pipes: SessionPipes
    private(set) var capabilities = Capabilities()
    private(set) var isReady = false
    private(set) var window = WindowControl()
    /// Whether another client has left it, and nothing has come through it since: it may be lost.
    var isUnproven = false
    /// Bytes of data that were sent, or asked for, and not answered yet.
    private(set) var bytesInFlight = 0
    private(set) var lastReply = MonotonicClock.nanoseconds()
    /// Whether data was answered since this was last asked.
    private var hasMoved = false
    /// Requests that were sent, for those who count.
    private(set) var requests = 1
    /// Which connection carries it.
    let connection: Int
    /// What it does without.
    var limits: Set<ServerLimit> = []
    /// Bytes of data that were answered so far.
    private(set) var acknowledged: Int64 = 0
    /// What this session works at.
    var jobs: [any Job] = []

    private var splitter = PacketSplitter()
    private var pending: [UInt32: Pending] = [:]
    private var nextID: UInt32 = 0

    init(_ command: ProcessCommand, connection: Int = 0) throws(SFTPError) {
        self.connection = connection
        pipes = try SessionPipes(command)
        pipes.enqueue(Request.initialization)
    }

    var hasPending: Bool { !pending.isEmpty || !isReady }

    /// Whether nothing is being done in it. The answer to a CLOSE may be on its way.
    var isIdle: Bool { isReady && jobs.isEmpty && bytesInFlight == 0 }

    /// Whether data may be added to what is on its way.
    var hasRoom: Bool { isReady && bytesInFlight < window.window }

    /// The moment at which the oldest unanswered request was sent.
    var oldestRequest: Int64? { pending.values.map(\.sent).min() }

    /// When a CLOSE was sent last, on the monotonic clock: some servers carry out requests side by side, so that for a
    /// moment the file is still open there.
    private(set) var lastCloseNs = Int64.min / 2

    /// `bytes` is the data that the request asks for.
    func send(_ request: Request, bytes: Int = 0, _ handler: @escaping Handler) {
        if case .close = request { lastCloseNs = MonotonicClock.nanoseconds() }
        let id = register(bytes, handler)
        pipes.enqueue(request.packet(id: id))
    }

    /// Sends a WRITE; `fill` puts exactly `length` bytes where it is pointed to, or answers false, and then
    /// nothing is sent.
    func sendWrite(
        _ handle: Handle, offset: Int64, length: Int,
        fill: (UnsafeMutableRawBufferPointer) -> Bool, _ handler: @escaping Handler
    ) -> Bool {
        let header = Request.writeHeader(id: nextID, handle, offset: offset, length: length)
        var isFilled = false
        let packet = [UInt8](unsafeUninitializedCapacity: header.count + length) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.copyBytes(from: header)
            isFilled = fill(
                UnsafeMutableRawBufferPointer(rebasing: bytes[header.count..<header.count + length])
            )
            count = isFilled ? header.count + length : 0
        }
        guard isFilled else { return false }
        _ = register(length, handler)
        pipes.enqueue(packet)
        return true
    }

    private func register(_ bytes: Int, _ handler: @escaping Handler) -> UInt32 {
        let id = nextID
        nextID &+= 1
        pending[id] = Pending(bytes: bytes, sent: MonotonicClock.nanoseconds(), handler: handler)
        bytesInFlight += bytes
        requests += 1
        return id
    }

    func takeProgress() -> Bool {
        defer { hasMoved = false }
        return hasMoved
    }

    /// Ends the session: at once, or after ssh had a moment to end gracefully. The one who waits for an
    /// answer is forgotten: what they hold would keep this session, and its process, from going.
    func end(atOnce: Bool = false) {
        pending = [:]
        jobs = []
        bytesInFlight = 0
        if atOnce { pipes.kill() } else { pipes.close() }
    }

    /// Nothing is left to send: the window learns nothing from what follows.
    func rest() { window.pause() }

    /// Reads what has arrived and hands each reply to the one who asked. Throws when the session is at its
    /// end: closed, or not to be believed any more.
    func receive() throws(SessionLoss) {
        let bytes = try pipes.receive()
        guard !bytes.isEmpty else { return }
        lastReply = MonotonicClock.nanoseconds()
        isUnproven = false
        do {
            try splitter.receive(bytes) { packet throws(ProtocolViolation) in try take(packet) }
        } catch {
            throw SessionLoss(reason: error.reason, isViolation: true)
        }
    }

    private func take(_ packet: ArraySlice<UInt8>) throws(ProtocolViolation) {
        guard isReady else {
            capabilities = Capabilities(extensions: try Reply.parseVersion(packet))
            isReady = true
            askLimits()
            return
        }
        let (id, reply) = try Reply.parse(packet)
        guard let asked = pending.removeValue(forKey: id) else {
            throw ProtocolViolation(
                "an answer to request \(id), which was not asked or is answered")
        }
        bytesInFlight -= asked.bytes
        if asked.bytes > 0 {
            hasMoved = true
            acknowledged += Int64(asked.bytes)
            window.acknowledge(asked.bytes, now: lastReply)
        }
        try asked.handler(reply)
    }

    // Not waited for: until the answer is here, what the protocol promises is enough.
    private func askLimits() {
        guard capabilities.hasLimits else { return }
        send(.limits) { reply throws(ProtocolViolation) in
            if case .extended(let limits) = reply { try self.capabilities.take(limits: limits) }
        }
    }
}

/// The end of a session that was not asked for.
struct SessionLoss: Error {
    let reason: String
    /// The server was there, and did not keep to the protocol.
    let isViolation: Bool
}
