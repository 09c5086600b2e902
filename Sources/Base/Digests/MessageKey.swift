/// A secret of two sides, by which one knows that a message is the other's (HMAC with SHA-256, RFC 2104).
package struct MessageKey: Sendable {
    private let bytes: [UInt8]

    /// A new one.
    package init() {
        bytes = (0..<Digest.byteCount).map { _ in UInt8.random(in: .min ... .max) }
    }

    /// - Parameter hex: as `hex` gives it; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard let digits = Digest(hex: hex) else { return nil }
        bytes = digits.bytes
    }

    package var hex: String { Digest(bytes: bytes)?.hex ?? "" }

    /// The code of a message, which nobody without the key can make.
    package func code(of message: [UInt8]) -> Digest {
        // A block of SHA-256 has 64 bytes, and the key fewer.
        let block = bytes + Array(repeating: 0, count: 64 - bytes.count)
        let inner = Digest.of(block.map { $0 ^ 0x36 } + message)
        return Digest.of(block.map { $0 ^ 0x5C } + inner.bytes)
    }

    /// Takes the same time for every code.
    package func isCode(_ code: Digest, of message: [UInt8]) -> Bool {
        zip(self.code(of: message).bytes, code.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
