import YAML

/// What a file of docker compose says about services that are built here.
struct ComposeFacts {
    struct Service {
        let name: String
        /// Folder that the image is built from, `""` for the site's own.
        let context: String?
        /// Path of the Dockerfile in the context.
        let dockerfile: String?
        /// Folders of the site that the container sees, and where.
        let mounts: [(from: String, to: String)]
        let port: Int?
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
        self.services = services.map { key, node in
            let build = node["build"]
            let context = build?["context"]?.text ?? build?.text
            return Service(
                name: key.text ?? "",
                context: context.flatMap { Path.cleaned(Path.join(folder, $0)) },
                dockerfile: build?["dockerfile"]?.text.flatMap(Path.cleaned),
                mounts: (node["volumes"]?.sequence ?? []).compactMap { Self.mount($0, folder) },
                port: (node["ports"]?.sequence ?? []).lazy.compactMap(Self.port).first)
        }
    }

    static func isCompose(_ path: String) -> Bool {
        let name = Path.name(path).lowercased()
        return (name.hasPrefix("docker-compose") || name.hasPrefix("compose."))
            && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
    }

    /// `./data:/app/data:ro`, or the long form; nil for volumes with a name.
    private static func mount(_ node: Node, _ folder: String) -> (from: String, to: String)? {
        let parts = (node.text ?? "").split(separator: ":").map(String.init)
        let from = node["source"]?.text ?? parts.first ?? ""
        let to = node["target"]?.text ?? (parts.count > 1 ? parts[1] : "")
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
