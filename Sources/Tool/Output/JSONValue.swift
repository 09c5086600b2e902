import PipelineModel

/// A JSON document in the making; its text is canonical (`CanonicalJSON`).
enum JSONValue {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    static func int(_ value: Int) -> JSONValue { .int(Int64(value)) }

    static func strings(_ values: some Sequence<String>) -> JSONValue {
        .array(values.map(JSONValue.string))
    }

    /// The value as `make` sees it, or null.
    static func optional<Value>(_ value: Value?, _ make: (Value) -> JSONValue) -> JSONValue {
        value.map(make) ?? .null
    }

    static func string(_ value: String?) -> JSONValue { optional(value) { .string($0) } }

    static func int(_ value: Int64?) -> JSONValue { optional(value) { .int($0) } }

    /// A time of the ledger as text (RFC 3339).
    static func time(_ milliseconds: Int64?) -> JSONValue {
        optional(milliseconds) { .string(RecordedTime.iso8601($0)) }
    }

    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .string(let value): CanonicalJSON.string(value)
        case .array(let values): CanonicalJSON.array(values.map(\.text))
        case .object(let members):
            CanonicalJSON.object(members.map { (key: $0.key, value: $0.value.text) })
        }
    }
}
