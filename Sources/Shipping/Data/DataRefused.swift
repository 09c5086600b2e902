package import Failures
import Posix

/// Names that no release can hold: nothing is written.
package struct DataRefused: Explained {
    package let stage: String
    package let names: [DataSelection.Name<DataSelection.Refusal>]

    package var description: String { failure.text }

    package var failure: Failure {
        let shown = names.prefix(Self.limit).map {
            "\($0.path): \($0.reason.text)"
        }
        let rest = names.count - shown.count
        return Failure(
            "data-refused", "stage \"\(stage)\" cannot send these; nothing was sent:",
            said: shown + (rest > 0 ? ["… and \(rest) more"] : []),
            next: "correct each of them; all are listed by",
            run: "pipeline data files --excluded")
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
