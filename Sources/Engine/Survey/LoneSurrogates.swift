/// Escapes in JSON for halves of characters (RFC 8259, section 8.2): no text can hold one without the other.
enum LoneSurrogates {
    static func occur(in json: String) -> Bool {
        let bytes = Array(json.utf8)
        var position = 0
        var high = false
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\\") else {
                if high { return true }
                position += 1
                continue
            }
            let unit = code(bytes, at: position)
            switch unit ?? 0 {
            case 0xD800..<0xDC00:
                if high { return true }
                high = true
            case 0xDC00..<0xE000:
                if !high { return true }
                high = false
            default: if high { return true }
            }
            position += unit == nil ? 2 : 6
        }
        return high
    }

    /// The number of an escape `\uXXXX`; nil for another escape.
    private static func code(_ bytes: [UInt8], at position: Int) -> Int? {
        guard position + 6 <= bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return Int(String(decoding: bytes[position + 2..<position + 6], as: UTF8.self), radix: 16)
    }
}
