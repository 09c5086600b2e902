/// Which bytes of a file are on their way, and up to where the server has all of them. Pure.
struct UploadPieces {
    struct Piece: Hashable {
        let offset: Int64
        let length: Int
    }

    private let size: Int64
    /// The server has every byte before this one.
    private(set) var acknowledged: Int64
    /// Every byte before this one was sent.
    private var next: Int64
    private var inFlight: [Int64: (length: Int, strand: ObjectIdentifier)] = [:]
    /// Sent by a session that was lost before it was answered.
    private var lost: [Piece] = []
    private var hasFailed = false

    init(size: Int64, acknowledged: Int64) {
        self.size = size
        self.acknowledged = acknowledged
        next = acknowledged
    }

    var isSent: Bool { next == size && lost.isEmpty }
    var isIdle: Bool { inFlight.isEmpty }
    /// Bytes that no session has begun to send.
    var unsent: Int64 { size - next }

    /// What is to be sent next; nil when nothing is.
    func next(upTo limit: Int) -> Piece? {
        if let piece = lost.last {
            return Piece(offset: piece.offset, length: min(piece.length, limit))
        }
        guard next < size else { return nil }
        return Piece(offset: next, length: Int(min(size - next, Int64(limit))))
    }

    mutating func sent(_ piece: Piece, by strand: UploadStrand) {
        inFlight[piece.offset] = (piece.length, ObjectIdentifier(strand))
        guard let again = lost.last, again.offset == piece.offset else {
            next += Int64(piece.length)
            return
        }
        lost.removeLast()
        let rest = again.length - piece.length
        if rest > 0 {
            lost.append(Piece(offset: piece.offset + Int64(piece.length), length: rest))
        }
    }

    mutating func answered(_ piece: Piece, by strand: UploadStrand, isGood: Bool) {
        guard inFlight[piece.offset]?.strand == ObjectIdentifier(strand) else { return }
        inFlight[piece.offset] = nil
        if !isGood { hasFailed = true }
        // Where one was refused nothing behind it counts any more.
        guard !hasFailed, piece.offset == acknowledged else { return }
        acknowledged = min(
            inFlight.keys.min() ?? next, lost.map(\.offset).min() ?? next, next)
    }

    /// What this strand had on its way is to be sent again.
    mutating func lose(_ strand: UploadStrand) {
        let gone = inFlight.filter { $0.value.strand == ObjectIdentifier(strand) }
        for (offset, part) in gone {
            inFlight[offset] = nil
            lost.append(Piece(offset: offset, length: part.length))
        }
        lost.sort { $0.offset > $1.offset }
    }
}
