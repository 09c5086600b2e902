import Glibc

extension Timestamp {
    /// Reads `2026-11-20T21:31:25Z`, also with a fraction of a second or a distance from universal time such as `+01:00`
    /// (RFC 3339).
    ///
    /// - Returns: nil for any other text, and for a day or time that does not exist.
    package init?(iso8601 text: some StringProtocol) {
        var rest = Substring(text)[...]
        func number(_ digits: Int) -> Int? {
            let part = rest.prefix(digits)
            guard part.utf8.count == digits, part.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            rest = rest.dropFirst(digits)
            return Int(part)
        }
        func take(_ characters: Set<Character>) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest.removeFirst()
            return true
        }
        guard let year = number(4), take(["-"]), let month = number(2), take(["-"]),
            let day = number(2), take(["T", "t", " "]), let hour = number(2), take([":"]),
            let minute = number(2), take([":"]), let second = number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(["."]) {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            let nine = digits.prefix(9) + String(repeating: "0", count: max(0, 9 - digits.count))
            fraction = Int64(nine) ?? 0
        }
        var distance = 0
        if !take(["Z", "z"]) {
            let isBehind = rest.first == "-"
            guard take(["+", "-"]), let hours = number(2), take([":"]) || true,
                let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            distance = (hours * 60 + minutes) * (isBehind ? -60 : 60)
        }
        guard rest.isEmpty else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        let seconds = timegm(&parts)
        // A day that the month does not have has become one of the next.
        guard parts.tm_mday == Int32(day), parts.tm_mon == Int32(month - 1) || second == 60 else {
            return nil
        }
        self.init(nanoseconds: Int64(seconds - distance) * 1_000_000_000 + fraction)
    }
}
