/// A SHA-256 digest (FIPS 180-4), stored inline: 32 bytes without an allocation.
///
/// Ordered as its bytes are, which is the order of its hexadecimal form.
package struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    // The bytes in order, eight to a word, the first of them the most significant.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// How many bytes a digest has.
    package static let byteCount = 32

    /// `nil` unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.init(bigEndian: words)
    }

    /// Words as they lie in memory.
    init(bigEndian words: (UInt64, UInt64, UInt64, UInt64)) {
        first = UInt64(bigEndian: words.0)
        second = UInt64(bigEndian: words.1)
        third = UInt64(bigEndian: words.2)
        fourth = UInt64(bigEndian: words.3)
    }

    /// The 32 bytes, for storing.
    package var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    /// The 32 bytes in place; valid inside `body` only.
    package func withBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let words = (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)
        return try withUnsafeBytes(of: words, body)
    }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.first, left.second, left.third, left.fourth)
            < (right.first, right.second, right.third, right.fourth)
    }
}
