import JSON

/// A schema table as JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12), so that
/// editors check and complete definitions while they are written.
package enum JSONSchema {
    /// - Returns: the text of the schema's file, the same for the same table.
    package static func text(_ schema: ObjectSchema, title: String) -> String {
        let head: [Member] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text(title)),
        ]
        return Value.object(head + members(schema)).rendered(indent: 0) + "\n"
    }

    fileprivate typealias Member = (name: String, value: Value)

    fileprivate indirect enum Value {
        case text(String)
        case number(Int)
        case boolean(Bool)
        case list([Value])
        case object([Member])
    }

    private static func members(_ schema: ObjectSchema) -> [Member] {
        let properties = schema.keys.map { key -> Member in
            (key.name, .object([("description", .text(key.help))] + members(key.type)))
        }
        let required = schema.keys.filter(\.isRequired).map { Value.text($0.name) }
        return [("type", .text("object")), ("properties", .object(properties))]
            + (required.isEmpty ? [] : [("required", .list(required))])
            + [("additionalProperties", .boolean(false))]
    }

    /// The validator takes any scalar for a text, so that `tag: 1.10` needs no quotes.
    private static let anyScalar: [Member] = [
        ("type", .list([.text("string"), .text("number"), .text("boolean")]))
    ]

    private static func members(_ type: ValueType) -> [Member] {
        switch type {
        case .string, .scalar: return anyScalar
        case .integer(let range):
            let most: [Member] =
                range.upperBound == .max ? [] : [("maximum", .number(range.upperBound))]
            return [("type", .text("integer")), ("minimum", .number(range.lowerBound))] + most
        case .boolean: return [("type", .text("boolean"))]
        case .duration: return quantity(units: "smhd")
        case .size: return quantity(units: "KMGT")
        case .choice(let words): return [("enum", .list(words.map(Value.text)))]
        case .list(let element): return list(of: element)
        case .oneOrMore(let element): return anyOf([members(element), list(of: element)])
        case .map(let value):
            return [("type", .text("object")), ("additionalProperties", .object(members(value)))]
        case .object(let schema): return members(schema)
        case .either(let types): return anyOf(types.map(members))
        }
    }

    private static func list(of element: ValueType) -> [Member] {
        [("type", .text("array")), ("items", .object(members(element)))]
    }

    private static func anyOf(_ forms: [[Member]]) -> [Member] {
        [("anyOf", .list(forms.map(Value.object)))]
    }

    /// What `Quantity` reads: a number, or one with a unit behind it.
    private static func quantity(units: String) -> [Member] {
        anyOf([
            [("type", .text("number")), ("minimum", .number(0))],
            [
                ("type", .text("string")),
                ("pattern", .text("^([0-9]+\\.?[0-9]*|\\.[0-9]+)[\(units)]?$")),
            ],
        ])
    }
}

extension JSONSchema.Value {
    fileprivate func rendered(indent: Int) -> String {
        switch self {
        case .text(let text): JSONText.quoted(text)
        case .number(let number): String(number)
        case .boolean(let boolean): boolean ? "true" : "false"
        case .list(let values):
            Self.block("[", values.map { $0.rendered(indent: indent + 1) }, "]", indent)
        case .object(let members):
            Self.block(
                "{",
                members.map {
                    JSONText.quoted($0.name) + ": " + $0.value.rendered(indent: indent + 1)
                },
                "}", indent)
        }
    }

    private static func block(
        _ open: String, _ lines: [String], _ close: String, _ indent: Int
    ) -> String {
        guard !lines.isEmpty else { return open + close }
        let margin = String(repeating: "  ", count: indent)
        return open + "\n" + lines.map { "\(margin)  \($0)" }.joined(separator: ",\n")
            + "\n\(margin)\(close)"
    }
}
