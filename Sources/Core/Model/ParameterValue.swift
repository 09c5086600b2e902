import JSON

/// A value of a parameter or of a matrix axis, with the type that YAML gave it.
package enum ParameterValue: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case double(Double)
    case boolean(Bool)

    /// The text that stands for the value in names and commands.
    package var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): String(value)
        case .double(let value): String(value)
        case .boolean(let value): value ? "true" : "false"
        }
    }

    /// The value as JSON (RFC 8259), as workers get it and the ledger keeps it.
    package var json: String {
        switch self {
        case .string(let value): JSONText.quoted(value)
        case .integer, .double, .boolean: text
        }
    }
}
