/// A container of the engine, as `docker container inspect` tells.
package struct ContainerDetails: Hashable, Sendable {
    package struct Binding: Hashable, Sendable {
        /// As Docker writes it, `8000/tcp`.
        package let containerPort: String
        package let hostAddress: String
        package let hostPort: Int
    }

    package enum State: String, Hashable, Sendable {
        case created, running, paused, restarting, removing, exited, dead
    }

    package let id: String
    package let name: String
    /// Nil for a state that this version does not know.
    package let state: State?
    /// Of the last end; 0 while it has not ended.
    package let exitCode: Int
    /// Killed by the kernel since it used more memory than it may.
    package let ranOutOfMemory: Bool
    /// `healthy`, `unhealthy` or `starting`; nil where the image has no check of its own.
    package let health: String?
    /// How often the engine has started it again by its restart policy.
    package let restarts: Int
    /// When it was last started, as ISO 8601 in UTC.
    package let startedAt: String
    /// The id of the image, `sha256:…`.
    package let imageID: String
    /// The image as it was asked for, for example `registry/name@sha256:…`.
    package let imageReference: String
    package let labels: [String: String]
    package let mounts: [ContainerRequest.Mount]
    /// Sorted by the port of the container. Empty while it does not run.
    package let bindings: [Binding]

    package var isRunning: Bool { state == .running }

    /// The port of this machine that leads to a port of the container.
    package func hostPort(for containerPort: Int) -> Int? {
        bindings.first { $0.containerPort == "\(containerPort)/tcp" }?.hostPort
    }
}
