import YAML

/// What a stage may say of an executor: the schema of definitions, their reader and the reference page follow from it.
package struct ExecutorSchema: Sendable {
    /// The value of `executor`, and the name of the mapping with the executor's options.
    package let name: String
    /// Where it runs units, without a full stop.
    package let summary: String
    /// Its options; none where it has no mapping of its own.
    package let keys: [KeySchema]
    /// Whether a stage with these options takes the project's archive as the way to the machines that run its units.
    package let usesArchive: @Sendable (ExecutorOptions) -> Bool

    package init(
        name: String, summary: String, keys: [KeySchema] = [],
        usesArchive: @escaping @Sendable (ExecutorOptions) -> Bool = { _ in false }
    ) {
        self.name = name
        self.summary = summary
        self.keys = keys
        self.usesArchive = usesArchive
    }

    /// The option that says how those machines reach the archive, where they do so otherwise than this one.
    package static let archiveKey = KeySchema(
        "archive", .map(.scalar),
        "keys of the project's archive that are others on the machines that run units, such as root or host"
    )

    var key: KeySchema? {
        guard !keys.isEmpty else { return nil }
        return KeySchema(name, .object(ObjectSchema(keys)), "options of \"executor: \(name)\"")
    }
}

/// The executor that a stage chooses, with the options that the stage gives and the defaults of the others.
package struct ExecutorOptions: Sendable, Hashable {
    /// The name of the provider.
    package let executor: String
    /// By key, as they are written; one text unless the option is a list.
    private let values: [String: [String]]

    package init(executor: String, values: [String: [String]] = [:]) {
        self.executor = executor
        self.values = values
    }

    /// Of a stage that gives none.
    package init(defaultsOf schema: ExecutorSchema) { self.init(schema, nil) }

    init(_ schema: ExecutorSchema, _ node: Node?) {
        executor = schema.name
        var values: [String: [String]] = [:]
        for key in schema.keys {
            values[key.name] = Self.texts(node?[key.name]) ?? key.standard.map { [$0] }
        }
        self.values = values
    }

    /// Each entry of a mapping is a text with `=` in it.
    private static func texts(_ node: Node?) -> [String]? {
        guard let node, node.mapping != nil else { return node?.strings }
        return node.stringMap.map { "\($0)=\($1)" }.sorted()
    }

    package func text(_ key: String) -> String? { values[key]?.first }
    package func integer(_ key: String) -> Int? { text(key).flatMap { Int($0) } }
    package func seconds(_ key: String) -> Double? { text(key).flatMap(Quantity.seconds) }

    /// The value of an option that has a default.
    package func value<Value>(_ read: (String) -> Value?, _ key: String) -> Value {
        guard let value = read(key) else { preconditionFailure("\(key) has no default") }
        return value
    }

    package func list(_ key: String) -> [String] { values[key, default: []] }

    package func map(_ key: String) -> [String: String] {
        var map: [String: String] = [:]
        for text in list(key) {
            guard let end = text.firstIndex(of: "=") else { continue }
            map[String(text[..<end])] = String(text[text.index(after: end)...])
        }
        return map
    }
}
