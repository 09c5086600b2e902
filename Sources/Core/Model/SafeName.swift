/// Percent-encoding that makes any value one portable component of a file name.
///
/// Every byte of the UTF-8 form is encoded (RFC 3986, section 2.1) except letters, digits and
/// `_-+,=@~().`; a leading `.` or `-` is encoded too, so that no name is hidden or read as an option.
/// The encoding is reversible, so distinct values keep distinct names.
/// `pipeline/names.py` holds the same function for Python; both pass `pipeline/names-vectors.json`.
package enum SafeName {
    package static func encode(_ value: String) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(value.utf8.count)
        for byte in value.utf8 {
            let leading =
                encoded.isEmpty && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-"))
            if isPlain(byte), !leading {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(hexDigit(byte >> 4))
                encoded.append(hexDigit(byte & 0xF))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: plainMarks.contains(byte)
        }
    }

    private static let plainMarks = Set("_-+,=@~().".utf8)

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
