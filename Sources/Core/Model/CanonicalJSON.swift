/// JSON text (RFC 8259) that is the same for the same content: sorted keys, no white space.
///
/// Fingerprints are digests of such text, so it must not depend on an encoder's habits.
package enum CanonicalJSON {
    package static func string(_ value: String) -> String {
        var text = ""
        append(value, to: &text)
        return text
    }

    /// Appends a string as JSON: most hold nothing that is written otherwise, and are taken as they are.
    package static func append(_ value: String, to text: inout String) {
        text += "\""
        if value.utf8.contains(where: isEscaped) {
            appendEscaped(value, to: &text)
        } else {
            text += value
        }
        text += "\""
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscaped(_ value: String, to text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    package static func array(_ values: some Sequence<String>) -> String {
        "[" + values.joined(separator: ",") + "]"
    }

    /// An object from keys (escaped here) and values that are JSON already.
    package static func object(_ members: some Sequence<(key: String, value: String)>) -> String {
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "{" + sorted.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }
}
