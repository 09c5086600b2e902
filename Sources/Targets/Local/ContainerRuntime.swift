package import DeployTargets
import Docker
import Posix
package import Processes

/// Sites as containers of the local Docker engine, known by their labels.
package struct ContainerRuntime: SiteRuntime {
    private let engine = DockerEngine()
    /// Names the environment among all on this machine.
    private let labels: [String: String]
    private let logs: String

    /// - Parameters:
    ///   - root: the project's root, absolute: two checkouts on one machine are two projects.
    ///   - logs: the folder in which what containers printed is kept, absolute.
    package init(root: String, environment: String, logs: String) {
        labels = ["pipeline.project": root, "pipeline.environment": environment]
        self.logs = logs
    }

    package func start(_ start: SiteStart, cancel: Cancellation?) throws -> SiteInstance {
        var request = ContainerRequest(image: start.image ?? "")
        request.labels = labels.merging([
            "pipeline.deployment": String(start.deployment),
            "pipeline.release": String(start.release),
        ]) { $1 }
        request.environment = start.environment
        request.command = start.command(start.containerPort)
        request.mounts = start.mounts.map {
            .init(source: $0.source, target: $0.target, isReadOnly: true)
        }
        request.restart = .unlessStopped
        let id = try create(request, port: start.containerPort, cancel)
        guard let details = try engine.container(id) else { throw SiteRuntimeError.vanished(id) }
        return instance(details)
    }

    /// Creates and starts the container at a port of its own, which it keeps over restarts. Somebody
    /// may take a port before the container does: then another one is tried.
    private func create(
        _ request: ContainerRequest, port: Int, _ cancel: Cancellation?
    ) throws -> String {
        var request = request
        var taken: Set<Int> = []
        while let host = LocalPorts.free(avoiding: taken) {
            request.ports = [.init(container: port, host: host)]
            let id = try engine.createContainer(request, cancel: cancel)
            do {
                try engine.startContainer(id, cancel: cancel)
                return id
            } catch {
                try? engine.removeContainer(id)  // try?: never ran; a later one removes it
                taken.insert(host)
                guard LocalPorts.isListening(host), taken.count < 5 else { throw error }
            }
        }
        throw SiteRuntimeError.noFreePort
    }

    package func instances() throws -> [SiteInstance] {
        try engine.containers(labels: labels).map(instance)
    }

    package func refresh(_ instance: SiteInstance) throws -> SiteInstance? {
        try engine.container(instance.id).map(self.instance)
    }

    /// The engine holds the port of a container that runs for it, and leads it to nothing else.
    package func portHolder(_ instance: SiteInstance) throws -> PortHolder {
        guard let now = try refresh(instance), now.end == nil, now.port == instance.port else {
            return .nobody
        }
        return .instance
    }

    package func logPath(_ deployment: Int64) -> String { "\(logs)/site-\(deployment).log" }

    package func keepLog(_ instance: SiteInstance) throws {
        try FileSystem.createDirectories(logs)
        try engine.keepLogs(instance.id, in: logPath(instance.deployment))
    }

    package func remove(_ instance: SiteInstance) throws {
        guard try engine.container(instance.id) != nil else { return }
        // The engine forgets what a container printed together with it.
        if instance.deployment > 0 { try? keepLog(instance) }  // try?: it goes without
        try engine.stopContainer(instance.id, grace: 10)
        try engine.removeContainer(instance.id)
    }

    private func instance(_ details: ContainerDetails) -> SiteInstance {
        var end: String?
        if details.restarts > 0 {
            // The engine starts it again and again: it has died at least once.
            end = "it died and was restarted \(details.restarts) times"
        } else if !details.isRunning {
            end = "it ended with exit code \(details.exitCode)"
        }
        if details.ranOutOfMemory { end = "it ran out of memory" }
        return SiteInstance(
            id: details.id,
            deployment: details.labels["pipeline.deployment"].flatMap(Int64.init) ?? 0,
            port: details.bindings.first?.hostPort, end: end)
    }
}
