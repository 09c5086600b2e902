import Posix

/// Names that no release can hold: nothing is written.
package struct DataRefused: Error, CustomStringConvertible {
    package let stage: String
    package let names: [DataSelection.Name<DataSelection.Refusal>]

    package var description: String {
        let shown = names.prefix(Self.limit).map {
            "\n  \(SpelledName.plain($0.path)): \(SpelledName.plain($0.reason.text))"
        }
        let rest = names.count - shown.count
        let more = rest > 0 ? "\n  … and \(rest) more" : ""
        return "stage \"\(stage)\" cannot send these; nothing was sent, and "
            + "`pipeline data files` lists all:" + shown.joined() + more
    }

    private static let limit = 10
}

/// Names spelled so that a person can tell them apart.
package enum SpelledName {
    /// Bytes that are not printable ASCII as `\xff`.
    package static func bytes(_ name: [UInt8]) -> String {
        name.reduce(into: "") { text, byte in
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }

    /// Characters that are not printable ASCII as `\u{e9}`.
    package static func codePoints(_ name: String) -> String {
        spelled(name) { !$0.isASCII || isControl($0) }
    }

    /// Only what would break the line or move the cursor is spelled.
    package static func plain(_ name: String) -> String { spelled(name, isControl) }

    private static func spelled(_ name: String, _ isSpelled: (Unicode.Scalar) -> Bool) -> String {
        name.unicodeScalars.reduce(into: "") { text, scalar in
            if isSpelled(scalar) {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
