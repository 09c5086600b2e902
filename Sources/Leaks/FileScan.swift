import Digests

/// One file as it streams by: what is found in it, and its digest.
struct FileScan: ~Copyable {
    private var hasher = Hasher256()
    /// The end of what was seen, with room for a credential that goes on.
    private var tail: [UInt8] = []
    private(set) var matches: [(rule: LeakRule, excerpt: String)] = []
    private(set) var bytes = 0

    mutating func add(_ chunk: UnsafeRawBufferPointer) {
        hasher.update(chunk)
        bytes += chunk.count
        // Small files and the joints of large ones are looked at in a copy; the middle is not copied.
        if tail.isEmpty, chunk.count > 4 * ContentRules.overlap {
            look(chunk, isEnd: false)
            tail = Array(chunk.suffix(ContentRules.overlap + 1))
        } else {
            tail += chunk
            guard tail.count > 4 * ContentRules.overlap else { return }
            tail.withUnsafeBytes { look($0, isEnd: false) }
            tail = Array(tail.suffix(ContentRules.overlap + 1))
        }
    }

    /// The digest of all that was added.
    mutating func finish() -> Digest {
        tail.withUnsafeBytes { look($0, isEnd: true) }
        return hasher.finish()
    }

    private mutating func look(_ bytes: UnsafeRawBufferPointer, isEnd: Bool) {
        for match in ContentRules.matches(in: bytes, isEnd: isEnd) {
            let start = bytes[match.offset..<(match.offset + match.length)]
            let excerpt = Self.masked(start)
            // A joint is looked at twice.
            guard !matches.contains(where: { $0 == (match.rule, excerpt) }) else { continue }
            matches.append((match.rule, excerpt))
        }
    }

    /// The first four characters and how many there are: enough to find it, too little to use it.
    private static func masked(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.prefix(4), as: UTF8.self) + "… (\(bytes.count) characters)"
    }
}
