package import Digests
import Posix

/// What pulling would do to each file. Pure but for reading the files.
package struct ConfigurationPlan: Sendable {
    package struct File: Hashable, Sendable {
        /// Relative to the folder that is pulled into.
        package let path: String
        /// In the clone.
        let source: String
        /// The layer that it comes from.
        package let layer: String
        package let digest: Digest
        let isProgram: Bool
        package let change: Change
    }

    package enum Change: String, Hashable, Sendable {
        case new
        case same
        /// As it was pulled, and other than what is pulled now.
        case changed
        /// Changed here, or never pulled.
        case altered
    }

    package let files: [File]
    /// Layers that the repository does not have.
    package let missing: [String]
    /// Pulled earlier, and no longer in the repository; they stay.
    package let gone: [String]

    package var altered: [String] { files.filter { $0.change == .altered }.map(\.path) }

    /// - Parameters:
    ///   - clone: the folder of the clone.
    ///   - target: the folder that is pulled into.
    ///   - pulled: what was pulled before, by path.
    /// - Throws: `ConfigurationError`, `PosixError`.
    package init(
        _ source: ConfigurationSource, clone: String, target: String, pulled: [String: Digest]
    ) throws {
        var found: [String: (path: String, layer: String)] = [:]
        var missing: [String] = []
        for layer in source.layers {
            guard try FileSystem.status("\(clone)/\(layer)")?.kind == .directory else {
                missing.append(layer)
                continue
            }
            for path in try Self.walk("\(clone)/\(layer)") {
                found[path] = ("\(clone)/\(layer)/\(path)", layer)
            }
        }
        guard missing.count < source.layers.count else {
            throw ConfigurationError.nothing(
                layers: source.layers, known: try Self.folders(clone, source.namespace))
        }
        files = try found.sorted { $0.key < $1.key }.map { path, origin in
            // The history of the project, and what this tool keeps, are nobody's configuration.
            let top = path.prefix { $0 != "/" }
            guard top != ".git", top != ".pipeline" else {
                throw ConfigurationError.notAllowed(path)
            }
            let digest = try Digest.ofFile(origin.path).digest
            let status = try FileSystem.status(origin.path)
            return File(
                path: path, source: origin.path, layer: origin.layer, digest: digest,
                isProgram: (status?.mode ?? 0) & 0o100 != 0,
                change: try Self.change("\(target)/\(path)", to: digest, pulled: pulled[path]))
        }
        self.missing = missing
        gone = pulled.keys.filter { found[$0] == nil }.sorted()
    }

    private static func change(
        _ path: String, to digest: Digest, pulled: Digest?
    ) throws -> Change {
        guard let status = try FileSystem.linkStatus(path) else { return .new }
        guard status.kind == .file else { return .altered }
        let now = try Digest.ofFile(path).digest
        if now == digest { return .same }
        return now == pulled ? .changed : .altered
    }

    private static func walk(_ root: String) throws -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let below = waiting.popLast() {
            for entry in try FileSystem.entries(of: "\(root)/\(below)") {
                let path = below + entry.name
                switch entry.kind {
                case .directory: waiting.append(path + "/")
                case .file where entry.isValidUTF8: found.append(path)
                default: throw ConfigurationError.notAFile(path)
                }
            }
        }
        return found
    }

    private static func folders(_ clone: String, _ namespace: String) throws -> [String] {
        let root =
            try FileSystem.status("\(clone)/\(namespace)") == nil ? clone : "\(clone)/\(namespace)"
        let prefix = root == clone ? "" : namespace + "/"
        return try FileSystem.entries(of: root)
            .filter { $0.kind == .directory && $0.name != ".git" }.map { prefix + $0.name }.sorted()
    }
}
