import Posix
package import Processes

/// How a site is to be started.
package struct SiteStart: Sendable {
    /// Tells instances of one environment apart.
    package var deployment: Int64
    package var release: Int64
    /// The image by digest (containers).
    package var image: String?
    /// The folder of the code, absolute (processes).
    package var codeFolder: String?
    /// `{port}` and `{root}` filled by the runtime's caller but for the port (processes).
    package var command: @Sendable (Int) -> [String]
    /// Data folders of the slot, absolute, and where a container sees them.
    package var mounts: [Mount]
    package var containerPort: Int
    package var environment: [String: String]

    package struct Mount: Hashable, Sendable {
        package var source: String
        package var target: String

        package init(source: String, target: String) {
            self.source = source
            self.target = target
        }
    }

    package init(
        deployment: Int64, release: Int64, image: String?, codeFolder: String?,
        command: @escaping @Sendable (Int) -> [String], mounts: [Mount],
        containerPort: Int, environment: [String: String]
    ) {
        self.deployment = deployment
        self.release = release
        self.image = image
        self.codeFolder = codeFolder
        self.command = command
        self.mounts = mounts
        self.containerPort = containerPort
        self.environment = environment
    }
}

/// A site that was started: a container or a process.
package struct SiteInstance: Sendable, Hashable {
    /// A container's id, or a process's number.
    package let id: String
    package let deployment: Int64
    /// The port of 127.0.0.1 at which it answers; nil where it has ended.
    package let port: Int?
    /// How it ended; nil while it runs.
    package let end: String?

    package init(id: String, deployment: Int64, port: Int?, end: String?) {
        self.id = id
        self.deployment = deployment
        self.port = port
        self.end = end
    }
}

/// Starts, finds and stops sites of one environment.
package protocol SiteRuntime {
    func start(_ start: SiteStart, cancel: Cancellation?) throws -> SiteInstance

    /// All instances of the environment, running or not.
    func instances() throws -> [SiteInstance]

    /// The instance as it is now; nil when it is gone.
    func refresh(_ instance: SiteInstance) throws -> SiteInstance?

    /// Who answers at the instance's port, looked up now.
    func portHolder(_ instance: SiteInstance) throws -> PortHolder

    /// Where what a site printed lies once it was kept, absolute.
    func logPath(_ deployment: Int64) -> String

    /// Sees to it that all that the site has printed until now lies at `logPath`.
    func keepLog(_ instance: SiteInstance) throws

    /// Stops it, and removes what it leaves but for its log. It may be gone.
    func remove(_ instance: SiteInstance) throws
}

/// Who listens at the port of a site.
package enum PortHolder: Hashable, Sendable {
    case nobody
    /// The instance itself, and nobody beside it.
    case instance
    /// What is known of another process that does.
    case other(String)
}

extension SiteRuntime {
    /// The last lines that a site printed, as far as they were kept; none where it printed nothing.
    package func logTail(_ deployment: Int64, lines: Int) throws -> [String] {
        let path = logPath(deployment)
        guard try FileSystem.status(path) != nil else { return [] }
        let text = String(decoding: try FileSystem.readTail(path, limit: 1 << 18), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(lines).map(String.init)
    }
}
