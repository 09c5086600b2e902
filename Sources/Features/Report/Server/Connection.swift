import Posix
import Texts

/// One request and its answer.
struct Connection {
    let descriptor: Int32
    private var received: [UInt8] = []
    private var unsent: ArraySlice<UInt8> = []
    private(set) var isAnswering = false
    private var hasEnded = false
    /// Of the monotonic clock.
    private let deadline: Int64

    /// Longer heads are refused.
    private static let headLimit = 32_768
    /// Browsers open connections ahead of need, and leave them.
    private static let patience: Int64 = 60_000_000_000

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        deadline = MonotonicClock.nanoseconds() + Self.patience
    }

    func isOver(at now: Int64) -> Bool { hasEnded || now > deadline }

    /// Reads or writes what can be without waiting. A client that goes away ends the connection, and nothing else.
    mutating func advance(_ respond: (ArraySlice<UInt8>) -> WebAnswer) {
        do {
            if isAnswering { try send() } else { try receive(respond) }
        } catch {
            hasEnded = true
        }
    }

    private mutating func receive(_ respond: (ArraySlice<UInt8>) -> WebAnswer) throws(PosixError) {
        let bytes = try Descriptors.read(descriptor, upTo: 16_384)
        guard !bytes.isEmpty else {
            hasEnded = true
            return
        }
        received += bytes
        if let end = Self.endOfHead(received) {
            unsent = respond(received[..<end]).bytes[...]
        } else if received.count > Self.headLimit {
            unsent = WebAnswer(.tooLarge, "the request is too long").bytes[...]
        } else {
            return
        }
        isAnswering = true
        try send()
    }

    private mutating func send() throws(PosixError) {
        let count = try Descriptors.writeSome(unsent, to: descriptor)
        unsent = unsent.dropFirst(count)
        if unsent.isEmpty { hasEnded = true }
    }

    /// Where the empty line begins.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: "\r\n\r\n".utf8)?.lowerBound
    }
}
