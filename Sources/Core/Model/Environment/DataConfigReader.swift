import YAML

/// Reads what an environment says of its data. Pure.
enum DataConfigReader {
    private static let remoteKeys = [
        "host", "port", "user", "identity", "known_hosts", "connections", "sessions", "bandwidth",
        "durable",
        "mounted",
    ]

    /// Findings that a table of keys cannot express.
    static func check(
        _ document: Node, _ transports: [TransportSchema], _ validator: inout SchemaValidator
    ) {
        guard let data = document["data"] else { return }
        if let node = data["slots"], let slots = node.int, slots > 3,
            data["layout"]?.string != DataLayout.full.rawValue
        {
            validator.report(
                node, "there are at most 3 slots, and not \(slots)", code: "bad-value",
                advice: "write 2 or 3, or \"layout: full\" for a folder for each release")
        }
        let route = data["route"]?.string ?? "directory"
        if route == "transfer" || route == "bucket" {
            checkFileSystem(data, route, &validator)
            return
        }
        let kind = document["kind"]?.string.flatMap(EnvironmentKind.init)
        for schema in transports where data["route"] == nil {
            guard let node = data[schema.name] else { continue }
            validator.report(
                node, "\"\(schema.name)\" belongs to route \(schema.name), and no route is written",
                code: "unknown-key", advice: "write \"route: \(schema.name)\", or take it out")
        }
        if let schema = transports.first(where: { $0.name == route }) {
            checkProvided(data, schema, kind, &validator)
            return
        }
        guard route == "sftp" else {
            for key in remoteKeys {
                guard let node = data[key] else { continue }
                validator.report(
                    node, "\"\(key)\" belongs to route sftp, and the route is a directory",
                    code: "unknown-key",
                    advice: "write \"route: sftp\", or take it out")
            }
            return
        }
        if data["host"] == nil {
            validator.report(
                data, "route sftp has no \"host\"", code: "missing-key",
                advice: "name the server to send data to")
        }
        checkMounted(data, kind, &validator)
        if data["root"]?.string?.hasPrefix("-") == true
            || data["host"]?.string?.hasPrefix("-") == true
        {
            validator.report(
                data, "\"host\" and \"root\" must not begin with a dash", code: "bad-path",
                advice: "write a path")
        }
    }

    /// Where the site runs on this machine, it must see the data.
    private static func checkMounted(
        _ data: Node, _ kind: EnvironmentKind?, _ validator: inout SchemaValidator
    ) {
        guard data["mounted"] == nil, kind?.isHere == true else { return }
        validator.report(
            data, "the site runs on this machine, and \"mounted\" is not set",
            code: "missing-key",
            advice: "write where this machine sees the \"root\" of the data")
    }

    private static func checkProvided(
        _ data: Node, _ schema: TransportSchema, _ kind: EnvironmentKind?,
        _ validator: inout SchemaValidator
    ) {
        for key in remoteKeys where key != "mounted" {
            guard let node = data[key] else { continue }
            validator.report(
                node, "\"\(key)\" belongs to route sftp, and the route is \(schema.name)",
                code: "unknown-key",
                advice: "take it out, or write it under \"\(schema.name)\" if it is a key there")
        }
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
        checkMounted(data, kind, &validator)
    }

    private static func checkFileSystem(
        _ data: Node, _ route: String, _ validator: inout SchemaValidator
    ) {
        if data["file_system"] == nil {
            validator.report(
                data, "route \(route) has no \"file_system\"", code: "missing-key",
                advice: "write the id of the EFS file system: fs-...")
        }
        let root = data["root"]
        let parts = root?.string?.split(separator: "/") ?? []
        if let root, parts.isEmpty || parts.contains("..") || parts.contains(".") {
            validator.report(
                root, "the root must be a folder in the file system", code: "bad-path",
                advice: "write its path from the file system's root, such as my-site")
        }
        guard route == "bucket" else { return }
        for key in ["bucket", "instance"] where data["bucket"]?[key] == nil {
            validator.report(
                data["bucket"] ?? data, "route bucket has no \"\(key)\"", code: "missing-key",
                advice:
                    "write the stack's output that names it, or without a stack the thing itself")
        }
    }

    static func read(_ data: Node?, _ transports: [TransportSchema]) -> DataConfig {
        DataConfig(
            route: route(data, transports),
            layout: data?["layout"]?.string.flatMap(DataLayout.init) ?? .slots,
            slots: data?["slots"]?.int ?? 3,
            verify: data?["verify"]?.string.flatMap(DataVerification.init) ?? .sizes,
            mounted: data?["mounted"]?.string,
            fileSystem: data?["file_system"]?.string, backup: CloudReader.backup(data))
    }

    private static func route(
        _ data: Node?, _ transports: [TransportSchema]
    ) -> TransportKind {
        let root = data?["root"]?.string ?? ""
        if let name = data?["route"]?.string,
            let schema = transports.first(where: { $0.name == name })
        {
            var values: [String: String] = [:]
            for key in schema.keys { values[key.name] = data?[name]?[key.name]?.text }
            return .provided(TransportOptions(transport: name, root: root, values: values))
        }
        switch data?["route"]?.string {
        case "sftp": break
        case "transfer": return .transfer(CloudReader.transfer(data))
        case "bucket": return .bucket(CloudReader.bucket(data))
        default: return .directory(root)
        }
        return .sftp(
            SFTPConfig(
                host: data?["host"]?.string ?? "", port: data?["port"]?.int,
                user: data?["user"]?.string, identity: data?["identity"]?.string,
                knownHosts: data?["known_hosts"]?.string, root: root,
                connections: data?["connections"]?.int ?? 2,
                sessions: data?["sessions"]?.int ?? 4,
                bandwidth: data?["bandwidth"]?.string.flatMap(Quantity.bytes),
                isDurable: data?["durable"]?.bool ?? false))
    }
}
