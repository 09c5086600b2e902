import YAML

/// Reads what an environment says of its data. Pure.
///
/// The first of the transports is the one of an environment that names none.
enum DataConfigReader {
    /// Findings that a table of keys cannot express.
    static func check(
        _ document: Node, _ transports: [TransportSchema], _ kind: TargetSchema,
        _ validator: inout SchemaValidator
    ) {
        guard let data = document["data"] else { return }
        if let node = data["slots"], let slots = node.int, slots > 3,
            (data["layout"]?.string.flatMap(DataLayout.init) ?? kind.layouts[0]) != .full
        {
            validator.report(
                node, "there are at most 3 slots, and not \(slots)", code: "bad-value",
                advice: "write 2 or 3, or \"layout: full\" for a folder for each release")
        }
        let schema = schema(data, transports)
        checkOthers(data, schema, transports, &validator)
        if schema.place == .fileSystem { checkFileSystem(data, schema, &validator) }
        checkMapping(data, schema, &validator)
        if schema.shared.contains(where: { $0.name == KeySchema.mounted.name }) {
            checkMounted(data, kind, &validator)
        }
        for finding in schema.check(TransportOptions(schema, data)) {
            validator.report(
                finding.key.flatMap { data[$0] } ?? data, finding.message, code: finding.code,
                advice: finding.advice)
        }
    }

    static func schema(_ data: Node?, _ transports: [TransportSchema]) -> TransportSchema {
        let name = data?["route"]?.string
        guard let schema = transports.first(where: { name == nil || $0.name == name }) else {
            preconditionFailure("an environment is read without its transport")
        }
        return schema
    }

    /// Keys that belong to another transport, and would be without effect.
    private static func checkOthers(
        _ data: Node, _ schema: TransportSchema, _ transports: [TransportSchema],
        _ validator: inout SchemaValidator
    ) {
        for other in transports where data["route"] == nil && !other.isSwitchable {
            guard other.mapping != nil, let node = data[other.name] else { continue }
            validator.report(
                node, "\"\(other.name)\" belongs to route \(other.name), and no route is written",
                code: "unknown-key", advice: "write \"route: \(other.name)\", or take it out")
        }
        guard !schema.isSwitchable else { return }
        let own = Set(schema.shared.map(\.name))
        for key in TransportSchema.shared(by: transports) where !own.contains(key.name) {
            if case .object = key.type { continue }
            guard let node = data[key.name],
                let owner = transports.first(where: { $0.shared.contains { $0.name == key.name } })
            else { continue }
            validator.report(
                node,
                "\"\(key.name)\" belongs to route \(owner.name), and the route is \(schema.name)",
                code: "unknown-key", advice: "write \"route: \(owner.name)\", or take it out")
        }
    }

    private static func checkMapping(
        _ data: Node, _ schema: TransportSchema, _ validator: inout SchemaValidator
    ) {
        if data[schema.name] == nil, schema.keys.contains(where: \.isRequired) {
            validator.report(
                data, "route \(schema.name) has no \"\(schema.name)\"", code: "missing-key",
                advice: "write the mapping \"\(schema.name)\" with "
                    + schema.keys.filter(\.isRequired).map(\.name).joined(separator: ", "))
        }
        let layout = data["layout"]?.string.flatMap(DataLayout.init) ?? .slots
        if !schema.layouts.contains(layout) {
            validator.report(
                data["layout"] ?? data,
                "route \(schema.name) cannot fill a place of layout \(layout.rawValue)",
                code: "bad-value",
                advice: "write one of " + schema.layouts.map(\.rawValue).joined(separator: ", "))
        }
    }

    /// Where the site runs on this machine, it must see the data.
    private static func checkMounted(
        _ data: Node, _ kind: TargetSchema, _ validator: inout SchemaValidator
    ) {
        guard data["mounted"] == nil, kind.runsHere else { return }
        validator.report(
            data, "the site runs on this machine, and \"mounted\" is not set",
            code: "missing-key",
            advice: "write where this machine sees the \"root\" of the data")
    }

    private static func checkFileSystem(
        _ data: Node, _ schema: TransportSchema, _ validator: inout SchemaValidator
    ) {
        if data["file_system"] == nil {
            validator.report(
                data, "route \(schema.name) has no \"file_system\"", code: "missing-key",
                advice: "write the id of the EFS file system: fs-...")
        }
        let root = data["root"]
        let parts = root?.string?.split(separator: "/") ?? []
        if let root, parts.isEmpty || parts.contains("..") || parts.contains(".") {
            validator.report(
                root, "the root must be a folder in the file system", code: "bad-path",
                advice: "write its path from the file system's root, such as my-site")
        }
    }

    static func read(
        _ data: Node?, _ transports: [TransportSchema], _ kind: TargetSchema
    ) -> DataConfig {
        let table = TableReader(EnvironmentSchema.place(transports), data)
        return DataConfig(
            route: TransportOptions(schema(data, transports), data),
            sync: data?["sync"]?.string,
            layout: data?["layout"] == nil ? kind.layouts[0] : table.choice("layout"),
            slots: table.integer("slots"),
            verify: table.choice("verify"), mounted: data?["mounted"]?.string,
            fileSystem: data?["file_system"]?.string, backup: backup(data))
    }

    private static func backup(_ data: Node?) -> BackupConfig? {
        data?["backup"].map { node in
            let table = TableReader(CloudSchema.backup, node)
            return BackupConfig(
                vault: table.word("vault"), role: table.word("role"),
                within: table.seconds("within"))
        }
    }
}
