import YAML

/// Reads a mapping by its table: where a key is not written, the default of the table applies, which stands nowhere else.
struct TableReader {
    let schema: ObjectSchema
    let node: Node?

    init(_ schema: ObjectSchema, _ node: Node?) {
        self.schema = schema
        self.node = node
    }

    /// The text of a scalar, whole numbers in decimal, truth as `true` or `false`; nil where it is neither written nor has
    /// a default.
    func text(_ name: String) -> String? {
        guard let key = schema.key(name) else { preconditionFailure("no key \(name)") }
        let written: String? =
            switch key.type {
            case .integer: node?[name]?.int.map(String.init)
            case .boolean: node?[name]?.bool.map { $0 ? "true" : "false" }
            default: node?[name]?.string
            }
        return written ?? key.standard
    }

    /// Of a key that has a default.
    func integer(_ name: String) -> Int { known(name, text(name).flatMap { Int($0) }) }
    func boolean(_ name: String) -> Bool { known(name, text(name).map { $0 == "true" }) }
    func seconds(_ name: String) -> Double { known(name, text(name).flatMap(Quantity.seconds)) }
    func word(_ name: String) -> String { known(name, text(name)) }

    /// One of the values of a type that the table lists by their raw values.
    func choice<Choice: RawRepresentable>(_ name: String) -> Choice
    where Choice.RawValue == String { known(name, text(name).flatMap(Choice.init)) }

    private func known<Value>(_ name: String, _ value: Value?) -> Value {
        guard let value else { preconditionFailure("key \(name) has no default in its table") }
        return value
    }
}
