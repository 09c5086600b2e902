import YAML

/// What a file of docker compose says about its services.
struct ComposeFacts {
    struct Service {
        let name: String
        /// Image that it runs, where it is not built here.
        let image: String?
        /// Folder that the image is built from, `""` for the site's own; nil where it is not built here.
        let context: String?
        /// Path of the Dockerfile in the context.
        let dockerfile: String?
        /// The stage of the Dockerfile that is built.
        let target: String?
        /// Arguments of the build with values.
        let arguments: [String: String]
        /// Folders of the site that the container sees, and where.
        let mounts: [(from: String, to: String)]
        let port: Int?
        let command: [String]
        /// Variables that have values here.
        let environment: [String: String]
        /// Names of variables whose values come from elsewhere.
        let passed: [String]
        let environmentFiles: [String]
        let dependsOn: [String]
    }

    let path: String
    let services: [Service]

    /// Nil where the text cannot be read, or names no services.
    init?(path: String, text: String) {
        guard let document = try? YAML.parse(text),  // try?: nil, as documented
            let services = document["services"]?.mapping
        else { return nil }
        let folder = Path.parent(path)
        self.path = path
        self.services = services.map { key, node in Self.service(key.text ?? "", node, folder) }
    }

    private static func service(_ name: String, _ node: Node, _ folder: String) -> Service {
        let build = node["build"]
        let context = build?["context"]?.text ?? (build?.mapping == nil ? build?.text : ".")
        var environment: [String: String] = [:]
        var passed: [String] = []
        for (key, value) in pairs(node["environment"]) {
            if let value, !value.contains("$") {
                environment[key] = value
            } else {
                passed.append(key)
            }
        }
        let files = node["env_file"]?.sequence?.compactMap { $0["path"]?.text ?? $0.text }
        let depends = node["depends_on"]
        return Service(
            name: name, image: node["image"]?.text,
            context: context.flatMap { Path.cleaned(Path.join(folder, $0)) },
            dockerfile: build?["dockerfile"]?.text.flatMap(Path.cleaned),
            target: build?["target"]?.text,
            arguments: Dictionary(
                pairs(build?["args"]).compactMap { key, value in
                    value.flatMap { $0.contains("$") ? nil : (key, $0) }
                }, uniquingKeysWith: { first, _ in first }),
            mounts: (node["volumes"]?.sequence ?? []).compactMap { mount($0, folder) },
            port: (node["ports"]?.sequence ?? []).lazy.compactMap(port).first
                ?? (node["expose"]?.sequence ?? []).lazy.compactMap(port).first,
            command: words(node["command"]),
            environment: environment, passed: passed,
            environmentFiles: files ?? node["env_file"]?.text.map { [$0] } ?? [],
            dependsOn: depends?.sequence?.compactMap(\.text)
                ?? (depends?.mapping ?? []).compactMap(\.key.text))
    }

    static func isCompose(_ path: String) -> Bool {
        let name = Path.name(path).lowercased()
        return (name.hasPrefix("docker-compose") || name.hasPrefix("compose."))
            && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
    }

    /// Files for production first, those for development last.
    static func rank(_ path: String) -> Int {
        let words = Path.words(Path.stem(path))
        if !words.isDisjoint(with: ["prod", "production", "deploy", "release"]) { return 0 }
        return words.isDisjoint(with: ["dev", "development", "test", "ci", "override", "local"])
            ? 1 : 2
    }

    /// A mapping, or a list of `NAME=value`.
    private static func pairs(_ node: Node?) -> [(String, String?)] {
        if let mapping = node?.mapping {
            return mapping.map { ($0.key.text ?? "", $0.value.isNull ? nil : $0.value.text) }
        }
        return (node?.sequence ?? []).compactMap(\.text).map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        }
    }

    private static func words(_ node: Node?) -> [String] {
        if let list = node?.sequence { return list.compactMap(\.text) }
        let line = node?.string ?? ""
        return PlainWords.split(line)
            ?? (line.isEmpty ? [] : line.split { $0 == " " || $0 == "\n" }.map(String.init))
    }

    /// `./data:/app/data:ro`, or the long form; nil for volumes with a name.
    private static func mount(_ node: Node, _ folder: String) -> (from: String, to: String)? {
        let parts = (node.text ?? "").split(separator: ":").map(String.init)
        var from = node["source"]?.text ?? parts.first ?? ""
        let to = node["target"]?.text ?? (parts.count > 1 ? parts[1] : "")
        for start in ["${PWD}/", "$PWD/", "${PWD:-.}/"] where from.hasPrefix(start) {
            from = "./" + from.dropFirst(start.count)
        }
        guard from.hasPrefix("."), to.hasPrefix("/"),
            let path = Path.cleaned(Path.join(folder, from)), !path.isEmpty
        else { return nil }
        return (path, to)
    }

    /// The container's side of `8000:8000`, `127.0.0.1:80:8000/tcp` or the long form.
    private static func port(_ node: Node) -> Int? {
        let text = node["target"]?.text ?? node.text ?? ""
        let last = text.split(separator: ":").last?.split(separator: "/").first
        return last.flatMap { Int($0) }.flatMap { (1...65535).contains($0) ? $0 : nil }
    }
}
