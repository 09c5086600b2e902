/// An image of the engine, as `docker image inspect` tells.
package struct ImageDetails: Hashable, Sendable, Decodable {
    /// The digest of its configuration, `sha256:…`: what the image is, whatever its names.
    package let id: String
    package let tags: [String]
    /// `name@sha256:…` for each registry that it came from or went to.
    package let repositoryDigests: [String]
    /// Bytes, uncompressed.
    package let size: Int64
    /// As Docker writes it, `linux/amd64`.
    package let platform: String
    package let labels: [String: String]
    /// Digests of the unpacked layers, the lowest first.
    package let layers: [String]

    private enum Key: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case repositoryDigests = "RepoDigests"
        case size = "Size"
        case system = "Os"
        case architecture = "Architecture"
        case config = "Config"
        case rootFileSystem = "RootFS"
    }

    private struct Config: Decodable {
        let labels: [String: String]?
        enum CodingKeys: String, CodingKey { case labels = "Labels" }
    }

    private struct RootFileSystem: Decodable {
        let layers: [String]?
        enum CodingKeys: String, CodingKey { case layers = "Layers" }
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        id = try values.decode(String.self, forKey: .id)
        tags = try values.decodeIfPresent([String].self, forKey: .tags) ?? []
        repositoryDigests =
            try values.decodeIfPresent([String].self, forKey: .repositoryDigests) ?? []
        size = try values.decode(Int64.self, forKey: .size)
        let system = try values.decode(String.self, forKey: .system)
        platform = "\(system)/\(try values.decode(String.self, forKey: .architecture))"
        layers =
            try values.decodeIfPresent(RootFileSystem.self, forKey: .rootFileSystem)?.layers ?? []
        labels = try values.decodeIfPresent(Config.self, forKey: .config)?.labels ?? [:]
    }
}
