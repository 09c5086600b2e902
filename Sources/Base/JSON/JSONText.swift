/// Text that is the same for the same content: members sorted, no white space, one way to escape.
///
/// Fingerprints and data manifests are named by digests of such text, so the ways to escape never change.
package enum JSONText {
    /// How characters that JSON cannot hold as they are (RFC 8259, section 7) are written.
    package enum Escapes: Sendable {
        /// `\n`, `\r` and `\t`; other control characters by their number.
        case short
        /// Each control character by its number.
        case numbers
        /// As `numbers`, also for what YAML 1.2.2, section 5.1, does not hold as it is. Characters beyond ASCII stay:
        /// parsers of YAML take the two halves of an escaped pair for two characters.
        case yaml
    }

    /// The string as JSON, with its quotes.
    package static func quoted(_ value: String, _ escapes: Escapes = .short) -> String {
        var text = ""
        append(value, to: &text, escapes)
        return text
    }

    /// Appends a string as JSON: most hold nothing to escape and are taken as they are.
    package static func append(
        _ value: String, to text: inout String, _ escapes: Escapes = .short
    ) {
        text += "\""
        if value.utf8.contains(where: mayNeedEscape) {
            for scalar in value.unicodeScalars { append(scalar, to: &text, escapes) }
        } else {
            text += value
        }
        text += "\""
    }

    /// Texts of values joined to an array.
    package static func array(_ values: some Sequence<String>) -> String {
        "[" + values.joined(separator: ",") + "]"
    }

    package static func array(strings: some Sequence<String>) -> String {
        array(strings.map { quoted($0) })
    }

    /// An object of names (escaped here) and texts of values.
    package static func object(_ members: some Sequence<(key: String, value: String)>) -> String {
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "{" + sorted.map { quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String, _ escapes: Escapes)
    {
        switch (scalar, escapes) {
        case ("\"", _): text += "\\\""
        case ("\\", _): text += "\\\\"
        case ("\n", .short): text += "\\n"
        case ("\r", .short): text += "\\r"
        case ("\t", .short): text += "\\t"
        case _ where isEscaped(scalar, escapes):
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }

    private static func isEscaped(_ scalar: Unicode.Scalar, _ escapes: Escapes) -> Bool {
        switch (scalar.value, escapes) {
        case (0..<0x20, _), (0x7F, _): true
        case (0x80...0x9F, .yaml), (0x2028, .yaml), (0x2029, .yaml), (0xFEFF, .yaml): true
        default: false
        }
    }
}
