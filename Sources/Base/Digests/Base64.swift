/// Bytes as text (RFC 4648, section 4), with padding and without line ends.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        func put(_ count: Int) {
            for place in 0..<count { text.append(alphabet[Int(group >> (18 - 6 * place)) & 63]) }
        }
        for byte in bytes {
            group |= UInt32(byte) << (16 - 8 * held)
            held += 1
            guard held == 3 else { continue }
            put(4)
            (group, held) = (0, 0)
        }
        if held > 0 {
            put(held + 1)
            text += repeatElement(UInt8(ascii: "="), count: 3 - held)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for any other text.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8.count - digits.count
        guard text.utf8.count % 4 == 0, padding <= 2,
            text.utf8.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var (bits, held): (UInt32, Int) = (0, 0)
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            bits &= 1 << held - 1
        }
        return bytes
    }
}
