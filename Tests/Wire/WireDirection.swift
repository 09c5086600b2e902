import Glibc

/// The bytes on their way from one socket to another. Any number of them may be on the way, so that it
/// is the windows of the two ends that limit what they do, as on a long line.
final class WireDirection {
    private struct Piece {
        let due: Int64
        let bytes: [UInt8]
    }

    let input: Int32
    let output: Int32
    private let delay: Int64
    private var pieces: [Piece] = []
    private var head = 0
    private var offset = 0
    private(set) var total: Int64 = 0
    private(set) var hasEnded = false
    /// Everything was passed on, and the end as well.
    private(set) var isDone = false
    /// What comes is thrown away, or not read at all.
    var vanishes = false
    var stalls = false

    init(from input: Int32, to output: Int32, delay: Int64) {
        self.input = input
        self.output = output
        self.delay = delay
    }

    var wantsInput: Bool { !hasEnded && !stalls }

    /// When the next bytes are due; nil when there are none.
    var due: Int64? { head < pieces.count ? pieces[head].due : nil }

    /// Takes what has arrived.
    func receive(now: Int64) {
        for _ in 0..<4 where wantsInput {
            var ended = false
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                let got = read(input, buffer.baseAddress, buffer.count)
                count = max(0, got)
                ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
            }
            hasEnded = ended
            guard !bytes.isEmpty else { return }
            total += Int64(bytes.count)
            if !vanishes { pieces.append(Piece(due: now + delay, bytes: bytes)) }
        }
    }

    /// Passes on what is due.
    func send(now: Int64) {
        while head < pieces.count, pieces[head].due <= now {
            let sent = pieces[head].bytes[offset...].withUnsafeBytes {
                write(output, $0.baseAddress, $0.count)
            }
            if sent < 0 {
                if errno == EAGAIN || errno == EINTR { return }
                hasEnded = true
                pieces = []
                head = 0
                return
            }
            offset += sent
            if offset == pieces[head].bytes.count {
                pieces[head] = Piece(due: 0, bytes: [])
                head += 1
                offset = 0
            }
        }
        if head == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            head = 0
            if hasEnded, !isDone {
                isDone = true
                shutdown(output, Int32(SHUT_WR))
            }
        } else if head > 256 {
            pieces.removeFirst(head)
            head = 0
        }
    }
}
