/// How to create a container.
package struct ContainerRequest: Hashable, Sendable {
    /// A folder of this machine, seen inside the container.
    package struct Mount: Hashable, Sendable {
        package var source: String
        package var target: String
        package var isReadOnly: Bool

        package init(source: String, target: String, isReadOnly: Bool) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    /// A port of the container, published at 127.0.0.1.
    package struct Port: Hashable, Sendable {
        package var container: Int
        /// The port of this machine; nil lets Docker choose one, another one at each start.
        package var host: Int?

        package init(container: Int, host: Int? = nil) {
            self.container = container
            self.host = host
        }
    }

    package enum Restart: String, Hashable, Sendable {
        case never = "no"
        case unlessStopped = "unless-stopped"
    }

    /// By digest where that is known: `registry/name@sha256:…`.
    package var image: String
    package var name: String?
    /// What runs instead of the image's command; empty for that.
    package var command: [String] = []
    package var environment: [String: String] = [:]
    package var labels: [String: String] = [:]
    package var mounts: [Mount] = []
    /// Published ports.
    package var ports: [Port] = []
    package var restart = Restart.never
    /// Bytes; nil for no limit.
    package var memory: Int64?
    package var platform: String?

    package init(image: String, name: String? = nil) {
        self.image = image
        self.name = name
    }
}
