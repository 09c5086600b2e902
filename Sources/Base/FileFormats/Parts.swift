extension ReadableFile {
    /// What is wrong with a file of a format whose magic stands at both ends, before the last one a footer and its length in
    /// four bytes (Arrow IPC file format; Parquet file format).
    ///
    /// - Parameter least: bytes of the smallest file.
    func faultOfEnds(_ magic: String, least: Int64) throws -> String? {
        let mark = Array(magic.utf8)
        let tail = try tail(mark.count + 4)
        guard size >= least, try head(mark.count) == mark, Array(tail.suffix(mark.count)) == mark
        else { return "has no \(magic) at both ends" }
        let footer = Int64(littleEndian(tail.prefix(4)))
        guard footer > 0, footer <= size - Int64(2 * mark.count) - 4 else {
            return "has a footer longer than the file"
        }
        return nil
    }
}

/// The number that at most eight bytes stand for, the lowest first.
func littleEndian(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
