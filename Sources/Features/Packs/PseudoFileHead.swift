/// The part of a pseudo-file before the data, cut off from a stream.
struct PseudoFileHead {
    private(set) var text: [UInt8] = []
    private var isComplete = false

    // A name cannot hold it: blanks in names are escaped.
    private static let mark = Array("#\n# START OF DATA - DO NOT MODIFY\n#\n".utf8)

    /// Takes a piece of the stream. The data that follows in it, once the head is complete.
    mutating func add(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        if isComplete { return bytes[...] }
        // The mark may lie across two pieces.
        let start = max(0, text.count - Self.mark.count)
        text += bytes
        var at = start
        while let candidate = text[at...].firstIndex(of: Self.mark[0]) {
            let startsLine = candidate == 0 || text[candidate - 1] == UInt8(ascii: "\n")
            if startsLine, text[candidate...].starts(with: Self.mark) {
                let data = text[(candidate + Self.mark.count)...]
                text = Array(text[..<candidate])
                isComplete = true
                return data
            }
            at = candidate + 1
        }
        return nil
    }
}
