extension Format {
    /// A name from outside, safe to print: whatever could move the cursor, break the line or turn
    /// the direction of writing is shown as `\n`, `\t`, `\r` or `\u{1b}`, and `\` as `\\`.
    package static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where isUnsafe(scalar):
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// A sentence in which names from outside may stand, safe to print. As `escaped`, and `\` stays what it is: programs
    /// and patterns are full of them.
    package static func visible(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { visible, scalar in
            if scalar == "\\" {
                visible.unicodeScalars.append(scalar)
            } else {
                visible += escaped(String(scalar))
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        // Joiners hold emoji and some scripts together; overrides of direction deceive.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: false
        }
    }
}
