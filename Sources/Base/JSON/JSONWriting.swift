extension JSONValue {
    /// Without white space, in one line.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// `text` as UTF-8.
    package var bytes: [UInt8] { Array(text.utf8) }

    /// Indented by two blanks, with a line end.
    package func indentedText(_ escapes: JSONText.Escapes = .short) -> String {
        var text = ""
        write(to: &text, indent: "", escapes)
        return text + "\n"
    }

    private func write(to text: inout String, _ escapes: JSONText.Escapes = .short) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += "\(value)"
        case .string(let value): JSONText.append(value, to: &text, escapes)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text, escapes)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in Self.sorted(members).enumerated() {
                if index > 0 { text += "," }
                JSONText.append(member.key, to: &text, escapes)
                text += ":"
                member.value.write(to: &text, escapes)
            }
            text += "}"
        }
    }

    private func write(to text: inout String, indent: String, _ escapes: JSONText.Escapes) {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            text += "["
            for (index, element) in elements.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner
                element.write(to: &text, indent: inner, escapes)
            }
            text += "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, member) in Self.sorted(members).enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner
                JSONText.append(member.key, to: &text, escapes)
                text += ": "
                member.value.write(to: &text, indent: inner, escapes)
            }
            text += "\n\(indent)}"
        default: write(to: &text, escapes)
        }
    }

    private static func sorted(
        _ members: [String: JSONValue]
    ) -> [(key: String, value: JSONValue)] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
