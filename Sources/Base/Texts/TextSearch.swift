// Texts in texts, by their bytes: "é" in one of Unicode's forms is not found in the other. The standard library's own search
// belongs to its regular expressions, which would be a tenth of the program.

extension Collection<UInt8> {
    /// Where bytes begin and end for the first time; none are found at the start.
    package func firstRange(of bytes: some Collection<UInt8>) -> Range<Index>? {
        guard let first = bytes.first else { return startIndex..<startIndex }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: bytes) {
                return start..<rest.index(start, offsetBy: bytes.count)
            }
            rest = rest[rest.index(after: start)...]
        }
        return nil
    }
}

extension StringProtocol {
    /// Where a text begins and ends for the first time; an empty one is found at the start.
    package func firstRange(of text: some StringProtocol) -> Range<Index>? {
        utf8.firstRange(of: text.utf8)
    }

    package func contains(_ text: some StringProtocol) -> Bool { firstRange(of: text) != nil }

    /// Each occurrence replaced, from the left; an empty text has none.
    package func replacing(_ text: some StringProtocol, with new: some StringProtocol) -> String {
        guard !text.isEmpty else { return String(self) }
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            result += rest[..<range.lowerBound]
            result += new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
