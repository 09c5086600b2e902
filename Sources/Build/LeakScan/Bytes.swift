import Texts

/// Bytes of a window, from some position on.
typealias Bytes = Slice<UnsafeRawBufferPointer>

/// Kinds of characters that credentials are made of.
enum Alphabet: Sendable {
    case upper, hex, lowerHex, word, base64, base64URL, dotted, percent, webhook

    func has(_ byte: UInt8) -> Bool {
        switch self {
        case .upper: byte.isUpper || byte.isDigit
        case .lowerHex: byte.isDigit || (0x61...0x66).contains(byte)
        case .hex: byte.isDigit || (0x61...0x66).contains(byte | 0x20)
        case .word: byte.isLetter || byte.isDigit
        case .base64: byte.isLetter || byte.isDigit || byte == 0x2B || byte == 0x2F
        case .base64URL: byte.isLetter || byte.isDigit || byte == 0x2D || byte == 0x5F
        case .dotted: Alphabet.base64URL.has(byte) || byte == 0x2E
        case .percent: Alphabet.base64URL.has(byte) || byte == 0x25
        case .webhook: Alphabet.base64URL.has(byte) || byte == 0x2F
        }
    }
}

extension UInt8 {
    var isUpper: Bool { (0x41...0x5A).contains(self) }
    var isLower: Bool { (0x61...0x7A).contains(self) }
    var isLetter: Bool { isUpper || isLower }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Of a name in a program.
    var isWord: Bool { isLetter || isDigit || self == 0x5F }
}

extension Collection<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Whether it looks like a value that stands for one: few different characters, or words of examples.
    var isPlaceholder: Bool {
        if Set(self).count < 4 { return true }
        let lowered = text.lowercased()
        return ["example", "placeholder", "changeme", "redacted", "your_", "your-", "xxxxxx"]
            .contains { lowered.contains($0) }
    }
}
