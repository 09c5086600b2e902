/// JSON as data, and its one way to be written: keys sorted by their bytes, so that equal values are equal
/// bytes whatever the version of the library.
indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }

    /// A port, a version: written as a number by some and as a string by others.
    var number: Int64? {
        switch self {
        case .int(let value): value
        case .string(let text): Int64(text)
        default: nil
        }
    }

    /// Indented by two blanks, with a line end.
    var text: String {
        var text = ""
        write(to: &text, indent: "")
        return text + "\n"
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += "\(value)"
        case .double(let value): text += "\(value)"
        case .string(let value): text += Self.quoted(value)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, indent: indent) { text, value, inner in
                value.write(to: &text, indent: inner)
            }
        case .object(let values):
            let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            Self.write(sorted, "{", "}", to: &text, indent: indent) { text, pair, inner in
                text += Self.quoted(pair.key) + ": "
                pair.value.write(to: &text, indent: inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String,
        indent: String, _ body: (inout String, Element, String) -> Void
    ) {
        guard !elements.isEmpty else {
            text += open + close
            return
        }
        let inner = indent + "  "
        text += open
        for (index, element) in elements.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + inner
            body(&text, element, inner)
        }
        text += "\n" + indent + close
    }

    /// RFC 8259, section 7. Characters beyond ASCII stay as they are: parsers of YAML, which also read this,
    /// take the two halves of an escaped pair for two characters. What YAML does not allow to stand as it
    /// is (YAML 1.2.2, section 5.1) is escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONValue: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // try?: another type
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {  // try?: another type
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {  // try?: another type
            self = .double(value)
        } else if let value = try? container.decode(String.self) {  // try?: another type
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {  // try?: another type
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}
