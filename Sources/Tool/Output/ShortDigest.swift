/// Digests cut to what people compare by eye.
enum ShortDigest {
    /// Every word of 64 hexadecimal digits cut to its first 12; all else stays.
    static func shortened(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false)
            .map { isDigest($0) ? String($0.prefix(12)) : String($0) }
            .joined(separator: " ")
    }

    /// The digest of a reference such as `host/path@sha256:…`, cut; nil where it names none.
    static func ofImage(_ reference: String) -> String? {
        wholeOfImage(reference).map { String($0.prefix(12)) }
    }

    /// As `ofImage`, and not cut.
    static func wholeOfImage(_ reference: String) -> String? {
        let mark = "@sha256:"
        guard let at = reference.lastIndex(of: "@"), reference[at...].hasPrefix(mark) else {
            return nil
        }
        return String(reference[at...].dropFirst(mark.count))
    }

    private static func isDigest(_ word: Substring) -> Bool {
        word.utf8.count == 64 && word.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
}
