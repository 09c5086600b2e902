import PipelineModel
import YAML

/// Paths of keys, such as `stages.*.units.*.inputs`: a star stands for a name that the author chose,
/// and nothing for the entries of a list.
enum KeyPaths {
    /// All that a schema table allows.
    static func of(_ schema: ObjectSchema, below prefix: String = "") -> Set<String> {
        schema.keys.reduce(into: []) { paths, key in
            let path = prefix + key.name
            paths.insert(path)
            paths.formUnion(of(key.type, at: path))
        }
    }

    private static func of(_ type: ValueType, at path: String) -> Set<String> {
        switch type {
        case .object(let schema): of(schema, below: path + ".")
        case .map(let value): of(value, at: path + ".*")
        case .list(let element), .oneOrMore(let element): of(element, at: path)
        case .either(let types): types.reduce(into: []) { $0.formUnion(of($1, at: path)) }
        default: []
        }
    }

    /// All that a document uses, read along the table.
    static func used(
        by node: Node, _ schema: ObjectSchema, below prefix: String = ""
    ) -> Set<String> {
        (node.mapping ?? []).reduce(into: []) { paths, member in
            let path = prefix + (member.key.text ?? "")
            paths.insert(path)
            if let key = schema.key(member.key.text ?? "") {
                paths.formUnion(used(by: member.value, key.type, at: path))
            }
        }
    }

    private static func used(by node: Node, _ type: ValueType, at path: String) -> Set<String> {
        switch type {
        case .object(let schema): used(by: node, schema, below: path + ".")
        case .map(let value):
            (node.mapping ?? []).reduce(into: []) {
                $0.formUnion(used(by: $1.value, value, at: path + ".*"))
            }
        case .list(let element), .oneOrMore(let element):
            (node.sequence ?? [node]).reduce(into: []) {
                $0.formUnion(used(by: $1, element, at: path))
            }
        case .either(let types):
            types.reduce(into: []) { $0.formUnion(used(by: node, $1, at: path)) }
        default: []
        }
    }
}
