/// The table that definitions are checked against, and that their JSON Schema is made from.
///
/// `docs/reference/*.yaml` are the same table for people; a test holds them together.
package struct ObjectSchema: Sendable {
    package let keys: [KeySchema]

    package init(_ keys: [KeySchema]) {
        self.keys = keys
    }

    package func key(_ name: String) -> KeySchema? {
        keys.first { $0.name == name }
    }
}

package struct KeySchema: Sendable {
    package let name: String
    package let type: ValueType
    package let isRequired: Bool
    /// What applies where the key is not written, as it would be written; nil for none.
    package let standard: String?
    /// One sentence for people, without a full stop.
    package let help: String

    /// - Parameters:
    ///   - standard: the default; `help` gets it at its end.
    ///   - help: one sentence for people, without a full stop.
    package init(
        _ name: String, _ type: ValueType, required: Bool = false, default standard: String? = nil,
        _ help: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = required
        self.standard = standard
        self.help = help + (standard.map { "; default \($0)" } ?? "")
    }
}

package indirect enum ValueType: Sendable {
    case string
    case integer(ClosedRange<Int>)
    case boolean
    /// Seconds, or a text such as `30m` or `6h`.
    case duration
    /// Bytes, or a text such as `500M` or `4G`.
    case size
    case choice([String])
    /// A string, number or boolean, kept with its type.
    case scalar
    case list(ValueType)
    /// One value or a list of them.
    case oneOrMore(ValueType)
    /// Keys chosen by the author.
    case map(ValueType)
    case object(ObjectSchema)
    /// The first form that fits the node's shape (scalar, list or mapping).
    case either([ValueType])

    /// What a message calls a value of this type.
    package var expectation: String {
        switch self {
        case .string: "a text"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration: "a duration such as 90s, 30m or 6h"
        case .size: "a size such as 500M or 4G"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .scalar: "a text, a number, or true or false"
        case .list(let element): "a list, each entry " + element.expectation
        case .oneOrMore(let element): element.expectation + ", or a list of them"
        case .map(let value): "a mapping from names to values, each " + value.expectation
        case .object(let schema):
            "a mapping with " + schema.keys.map(\.name).joined(separator: ", ")
        case .either(let types): types.map(\.expectation).joined(separator: "; or ")
        }
    }
}
