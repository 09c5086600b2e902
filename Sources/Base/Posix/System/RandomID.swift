/// Names that nobody has had before (RFC 9562, section 5.4: 122 random bits of the system).
package enum RandomID {
    /// `5B1F5C0A-58D7-4C3C-9C1E-0F6E3E0F4C11`
    package static func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return text
    }

    /// The same as 32 characters of 0-9a-f.
    package static func plain() -> String {
        String(decoding: uuid().utf8.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self).lowercased()
    }
}
