/// Matching of one path component against a wild-card pattern, over bytes (`glob(7)`).
enum Wildcard {
    static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        if name.first == dot, pattern.first != dot { return false }
        // Iterative with one point of return for the last `*`: linear for all practical patterns.
        var position = 0
        var index = 0
        var star: (pattern: Int, name: Int)?
        while index < name.count {
            if position < pattern.count, pattern[position] == asterisk {
                star = (position, index)
                position += 1
            } else if position < pattern.count,
                let next = matchOne(pattern, at: position, name[index])
            {
                position = next
                index += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                position = last.pattern + 1
                index = last.name + 1
            } else {
                return false
            }
        }
        while position < pattern.count, pattern[position] == asterisk { position += 1 }
        return position == pattern.count
    }

    /// The position after the element at `position` if it matches `byte`, else nil.
    private static func matchOne(_ pattern: [UInt8], at position: Int, _ byte: UInt8) -> Int? {
        switch pattern[position] {
        case UInt8(ascii: "?"): return position + 1
        case UInt8(ascii: "["):
            guard let set = bracket(pattern, from: position + 1) else {
                return byte == pattern[position] ? position + 1 : nil
            }
            let inside = set.ranges.contains { $0.contains(byte) }
            return inside != set.negated ? set.end : nil
        default: return pattern[position] == byte ? position + 1 : nil
        }
    }

    private static func bracket(_ pattern: [UInt8], from start: Int)
        -> (ranges: [ClosedRange<UInt8>], negated: Bool, end: Int)?
    {
        var position = start
        var negated = false
        if position < pattern.count, pattern[position] == UInt8(ascii: "!") {
            negated = true
            position += 1
        }
        var ranges: [ClosedRange<UInt8>] = []
        while position < pattern.count {
            let low = pattern[position]
            if low == UInt8(ascii: "]"), !ranges.isEmpty { return (ranges, negated, position + 1) }
            if position + 2 < pattern.count, pattern[position + 1] == UInt8(ascii: "-"),
                pattern[position + 2] != UInt8(ascii: "]"), low <= pattern[position + 2]
            {
                ranges.append(low...pattern[position + 2])
                position += 3
            } else {
                ranges.append(low...low)
                position += 1
            }
        }
        return nil
    }

    private static let dot = UInt8(ascii: ".")
    private static let asterisk = UInt8(ascii: "*")
}
