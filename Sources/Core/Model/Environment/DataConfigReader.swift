import YAML

/// Reads what an environment says of its data. Pure.
enum DataConfigReader {
    private static let remoteKeys = [
        "host", "port", "user", "identity", "known_hosts", "connections", "sessions", "bandwidth",
        "durable",
        "mounted",
    ]

    /// Findings that a table of keys cannot express.
    static func check(_ document: Node, _ validator: inout SchemaValidator) {
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
        let kind = document["kind"]?.string.flatMap(EnvironmentKind.init)
        if data["mounted"] == nil, kind?.isHere == true {
            validator.report(
                data, "the site runs on this machine, and \"mounted\" is not set",
                code: "missing-key",
                advice: "say where this machine sees the server's \"root\"")
        }
        if data["root"]?.string?.hasPrefix("-") == true
            || data["host"]?.string?.hasPrefix("-") == true
        {
            validator.report(
                data, "\"host\" and \"root\" must not begin with a dash", code: "bad-path",
                advice: "write a path")
        }
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

    static func read(_ data: Node?) -> DataConfig {
        DataConfig(
            route: route(data), layout: data?["layout"]?.string.flatMap(DataLayout.init) ?? .slots,
            slots: data?["slots"]?.int ?? 3,
            verify: data?["verify"]?.string.flatMap(DataVerification.init) ?? .sizes,
            mounted: data?["mounted"]?.string,
            fileSystem: data?["file_system"]?.string, backup: CloudReader.backup(data))
    }

    private static func route(_ data: Node?) -> TransportKind {
        let root = data?["root"]?.string ?? ""
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
