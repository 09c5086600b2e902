import YAML

/// What an environment says in the mapping with its kind's own keys, at any depth; defaults stand for what is not written.
///
/// A key is named by its path below the mapping: `serve.port`. Keys of an entry of a list have their path below the entry.
package struct TargetOptions: Sendable, Hashable {
    /// Texts, numbers and truth values, as they are written.
    private var values: [String: String] = [:]
    private var lists: [String: [TargetOptions]] = [:]
    private var maps: [String: [String: TargetOptions]] = [:]

    package init() {}

    /// - Parameter type: of the node, which fits it: it was validated.
    init(_ node: Node, _ type: ValueType) { collect(node, type, "") }

    private mutating func collect(_ node: Node, _ type: ValueType, _ path: String) {
        switch type {
        case .object(let schema):
            for key in schema.keys {
                let inner = path.isEmpty ? key.name : "\(path).\(key.name)"
                if let value = node[key.name] {
                    collect(value, key.type, inner)
                } else if let standard = key.standard {
                    values[inner] = standard
                }
            }
        case .list(let entry):
            lists[path] = (node.sequence ?? []).map { TargetOptions($0, entry) }  // validated
        case .oneOrMore(let entry):
            lists[path] = (node.sequence ?? [node]).map { TargetOptions($0, entry) }
        case .map(let value):
            let members = (node.mapping ?? []).map {  // validated
                ($0.key.text ?? "", TargetOptions($0.value, value))
            }
            maps[path] = Dictionary(members) { $1 }
        case .either(let types):
            if let fitting = types.first(where: { SchemaValidator.hasShape(node, $0) }) {
                collect(node, fitting, path)
            }
        case .integer: values[path] = node.int.map { String($0) }
        case .boolean: values[path] = node.bool.map { $0 ? "true" : "false" }
        case .string, .duration, .size, .choice, .scalar: values[path] = node.text
        }
    }

    /// What is written or the default; nil for neither.
    package subscript(path: String) -> String? { values[path] }
    /// Bytes; nil where the key is not written.
    package func size(_ path: String) -> Int64? { self[path].flatMap(Quantity.bytes) }

    /// Of a key that is required or has a default.
    package func text(_ path: String) -> String { known(path, self[path]) }
    package func integer(_ path: String) -> Int { known(path, self[path].flatMap { Int($0) }) }
    /// Seconds.
    package func duration(_ path: String) -> Double {
        known(path, self[path].flatMap(Quantity.seconds))
    }
    package func boolean(_ path: String) -> Bool { known(path, self[path].map { $0 == "true" }) }
    /// One of the values of a type that the table lists by their raw values.
    package func choice<Choice: RawRepresentable>(_ path: String) -> Choice
    where Choice.RawValue == String { known(path, self[path].flatMap(Choice.init)) }

    private func known<Value>(_ path: String, _ value: Value?) -> Value {
        guard let value else { preconditionFailure("key \(path) has no value and no default") }
        return value
    }

    /// The entries of a list of mappings; none where it is not written.
    package func list(_ path: String) -> [TargetOptions] { lists[path, default: []] }
    /// The entries of a list of texts; none where it is not written.
    package func texts(_ path: String) -> [String] { list(path).compactMap { $0[""] } }

    /// A mapping of names that the author has chosen; empty where it is not written.
    package func map(_ path: String) -> [String: TargetOptions] { maps[path, default: [:]] }
    /// The same, where each value is a text.
    package func textMap(_ path: String) -> [String: String] {
        map(path).compactMapValues { $0[""] }
    }

    /// - Returns: whether something below this key is written or has a default.
    package func has(_ key: String) -> Bool {
        ([String](values.keys) + lists.keys + maps.keys).contains {
            $0 == key || $0.hasPrefix(key + ".")
        }
    }
}
