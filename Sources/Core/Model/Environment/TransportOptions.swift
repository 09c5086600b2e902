import YAML

/// What an environment says of its transport, with the defaults of the transport's table.
package struct TransportOptions: Sendable, Hashable {
    /// The name of the transport.
    package let transport: String
    /// The folder that holds the slots.
    package let root: String
    /// The EFS file system that the slots are in, where that is known.
    package let fileSystem: String?
    /// By key: `host`, and `owner.uid` for a key in a mapping.
    private let values: [String: String]

    /// - Parameter written: what is written, by key; for the others the defaults apply.
    package init(
        _ schema: TransportSchema, root: String, fileSystem: String? = nil,
        _ written: [String: String] = [:]
    ) {
        var values: [String: String] = [:]
        for (prefix, keys) in schema.tables {
            for key in keys {
                values[prefix + key.name] = written[prefix + key.name] ?? key.standard
            }
        }
        self.init(transport: schema.name, root: root, fileSystem: fileSystem, values: values)
    }

    private init(transport: String, root: String, fileSystem: String?, values: [String: String]) {
        self.transport = transport
        self.root = root
        self.fileSystem = fileSystem
        self.values = values
    }

    /// - Parameter data: the mapping `data` of an environment.
    init(_ schema: TransportSchema, _ data: Node?) {
        var values: [String: String] = [:]
        for (prefix, keys) in schema.tables {
            let name = prefix.split(separator: ".").first.map(String.init)
            let table = TableReader(ObjectSchema(keys), name.map { data?[$0] } ?? data)
            for key in keys { values[prefix + key.name] = table.text(key.name) }
        }
        let root = data?["root"]?.string ?? ""
        self.init(
            transport: schema.name,
            root: schema.place == .fileSystem
                ? root.split(separator: "/").joined(separator: "/") : root,
            fileSystem: data?["file_system"]?.string, values: values)
    }

    /// What is written or the default; nil for neither.
    package subscript(_ key: String) -> String? { values[key] }

    /// Of a key that is required or has a default.
    package func text(_ key: String) -> String { known(key, self[key]) }
    package func integer(_ key: String) -> Int { known(key, self[key].flatMap { Int($0) }) }
    package func number(_ key: String) -> Double? { self[key].flatMap(Double.init) }
    package func boolean(_ key: String) -> Bool { known(key, self[key].map { $0 == "true" }) }
    /// Bytes; nil where the key is not written.
    package func size(_ key: String) -> Int64? { self[key].flatMap(Quantity.bytes) }

    /// The root without parts that mean nothing: the same for the same folder.
    package var plainRoot: String {
        let parts = root.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return root.hasPrefix("/") ? "/" + parts : parts
    }

    /// All that it takes to make the options again by `init(_:root:fileSystem:_:)`, but for the root.
    package var written: [String: String] { values }

    /// The same place as another machine reaches it.
    ///
    /// - Parameters:
    ///   - changes: by the plain names of keys: `root`, `host`.
    ///   - schema: that of the transport.
    package func reached(
        by changes: [String: String], _ schema: TransportSchema
    ) -> TransportOptions {
        var values = values
        let own = Set(schema.keys.map(\.name))
        for (key, value) in changes where key != "root" {
            values[own.contains(key) ? "\(transport).\(key)" : key] = value
        }
        return TransportOptions(
            transport: transport, root: changes["root"] ?? root, fileSystem: fileSystem,
            values: values)
    }

    private func known<Value>(_ key: String, _ value: Value?) -> Value {
        guard let value else {
            preconditionFailure("option \(key) of transport \(transport) has no value")
        }
        return value
    }
}

extension TransportSchema {
    /// Its tables, each with what stands before the names of its keys in `TransportOptions`.
    var tables: [(prefix: String, keys: [KeySchema])] {
        var tables = [(prefix: "\(name).", keys: keys), (prefix: "", keys: [])]
        for key in shared {
            if case .object(let schema) = key.type {
                tables.append((prefix: "\(key.name).", keys: schema.keys))
            } else {
                tables[1].keys.append(key)
            }
        }
        return tables
    }
}
