/// How rclone writes names: control characters, and the signs that stand for them, have a form of their own.
///
/// rclone's own documentation calls it the standard encoding ("Restricted filenames", overview page): U+0001 to U+001F
/// are written as U+2401 to U+241F, U+007F as U+2421, and such a sign that is really part of a name stands behind `‛`
/// (U+201B), as does that sign itself.
enum RcloneName {
    private static let quote: Unicode.Scalar = "\u{201B}"

    static func encode(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 0x01...0x1F: append(0x2400 + scalar.value, to: &text)
            case 0x7F: append(0x2421, to: &text)
            case 0x2400...0x241F, 0x2421, 0xFF0F, 0x201B:
                text.append(quote)
                text.append(scalar)
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    static func decode(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in name.unicodeScalars {
            if isQuoted {
                text.append(scalar)
                isQuoted = false
                continue
            }
            switch scalar.value {
            case 0x201B: isQuoted = true
            case 0x2401...0x241F: append(scalar.value - 0x2400, to: &text)
            case 0x2421: append(0x7F, to: &text)
            default: text.append(scalar)
            }
        }
        if isQuoted { text.append(quote) }
        return String(text)
    }

    private static func append(_ value: UInt32, to text: inout String.UnicodeScalarView) {
        if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
}
