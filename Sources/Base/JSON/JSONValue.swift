/// A JSON document (RFC 8259) of any form.
///
/// Equal documents have equal text: members are written in the order of their names' bytes.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// A number with a fraction or an exponent, or one beyond 64 bits.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A member of an object. Setting one of anything else has no effect.
    package subscript(_ name: String) -> JSONValue? {
        get { object?[name] }
        set {
            guard case .object(var members) = self else { return }
            members[name] = newValue
            self = .object(members)
        }
    }

    package var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The elements of an array; none of anything else.
    package var elements: [JSONValue] { array ?? [] }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Values that may be missing are null.
    package static func optional<Value>(
        _ value: Value?, _ make: (Value) -> JSONValue
    ) -> JSONValue {
        value.map(make) ?? .null
    }

    package static func int(_ value: Int) -> JSONValue { .int(Int64(value)) }

    package static func int(_ value: Int64?) -> JSONValue { optional(value) { .int($0) } }

    package static func string(_ value: String?) -> JSONValue { optional(value) { .string($0) } }

    package static func strings(_ values: some Sequence<String>) -> JSONValue {
        .array(values.map(JSONValue.string))
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members) { $1 })
    }
}

extension JSONValue {
    /// A port, a version: some write it as a number and some as a string.
    package var wholeNumber: Int64? {
        switch self {
        case .int(let value): value
        case .string(let text): Int64(text)
        default: nil
        }
    }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .int(value) }
}
