import CLeaks
import Digests

/// One file as it streams by: what is found in it, and its digest.
struct FileScan: ~Copyable {
    /// What is looked at together. A credential is recognised where it, and what surrounds it, lies in one
    /// window: each begins with the end of the last one.
    private static let window = 1 << 20
    private static let overlap = 8 << 10

    private var hasher = Hasher256()
    private var pending: [UInt8] = []
    /// Line ends before the window.
    private var lines = 0
    private(set) var head: [UInt8] = []
    private(set) var bytes = 0
    private var matches: [ContentMatch: Int] = [:]
    private var isText = true

    mutating func add(_ chunk: UnsafeRawBufferPointer) {
        hasher.update(chunk)
        if head.count < 128 { head += chunk.prefix(128 - head.count) }
        bytes += chunk.count
        pending += chunk
        if pending.count >= Self.window + Self.overlap { look(isEnd: false) }
    }

    /// The digest of all that was added.
    mutating func finish() -> Digest {
        look(isEnd: true)
        return hasher.finish()
    }

    /// Each kind of thing that was found, and where: "line 3, base64".
    var found: [(rule: LeakRule, detail: String)] {
        var found: [(rule: LeakRule, detail: String)] = []
        // The lines of a key in PEM are base64 of a key as well.
        let hasPEM = matches.keys.contains { $0.rule == .privateKey && $0.encoding.isEmpty }
        for (match, line) in matches.sorted(by: { $0.value < $1.value }) {
            if hasPEM, match.rule == .privateKey, match.encoding == "base64" { continue }
            var detail = match.kind
            if isText { detail += ", line \(line)" }
            if !match.encoding.isEmpty { detail += ", \(match.encoding)" }
            if !found.contains(where: { $0 == (match.rule, detail) }) {
                found.append((match.rule, detail))
            }
        }
        return found
    }

    private mutating func look(isEnd: Bool) {
        let limit = isEnd ? pending.count : pending.count - Self.overlap
        let (before, wasText) = (lines, isText)
        var found: [(ContentMatch, Int)] = []
        var passed = 0
        var hasZero = false
        pending.withUnsafeBytes { window in
            guard let base = window.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            for match in ContentRules.matches(in: window, before: limit) {
                let line = before + 1 + cleaks_count(base, match.offset, 0x0A)
                // Of one kind each line is reported once; where in the window says nothing to anybody.
                found.append(
                    (
                        ContentMatch(
                            rule: match.rule, kind: match.kind, offset: line,
                            encoding: match.encoding), line
                    ))
            }
            passed = cleaks_count(base, limit, 0x0A)
            hasZero = cleaks_count(base, limit, 0) > 0
        }
        // A text of UTF-16 has zeros, and line ends as well.
        let isWide = head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
        isText = wasText && (!hasZero || isWide)
        for (match, line) in found where matches.count < 200 { matches[match] = line }
        lines += passed
        pending.removeFirst(limit)
    }
}
