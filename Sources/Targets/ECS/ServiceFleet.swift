package import AWS
package import JSON
package import Processes

/// Services of an ECS cluster that are made to run one release together.
package struct ServiceFleet {
    package let client: AWSClient
    package let cluster: String
    package let services: [FleetService]
    package let journal: any RemoteJournal
    /// A folder of this machine for what is sent, absolute; what is put there is readable by its owner
    /// alone and removed again.
    package let folder: String
    private let definitions = TaskDefinitions()
    package var cancel: Cancellation?
    /// Seconds that services in change are waited for, and that an own update may take.
    package var patience: Double = 900
    package var timeout: Double = 1800
    /// Seconds between two looks.
    package var interval: Double = 5
    /// Seconds in which the tasks say what they run, once the services have said that they are done.
    package var settling: Double = 150
    /// Told what a service says, once, oldest first; never used to decide anything.
    package var onEvent: (String) -> Void = { _ in }
    package var onNote: (String) -> Void = { _ in }

    package init(
        client: AWSClient, cluster: String, services: [FleetService], folder: String,
        journal: any RemoteJournal
    ) {
        self.client = client
        self.cluster = cluster
        self.services = services
        self.folder = folder
        self.journal = journal
    }

    /// All services as they are, in their order.
    package func look() throws -> [ServiceState] {
        let found = try servicesAlone()
        let asked = found.map { [client, definitions, cancel] service in
            Prefetch {
                try definitions.get(service.primaryDefinition, from: client, cancel: cancel)
            }
        }
        return try zip(zip(services, found), asked).map { each, definition in
            ServiceState(
                name: each.0.name, container: each.0.container, service: each.1,
                definition: try definition.get())
        }
    }

    /// What the services say, without what they run.
    private func servicesAlone() throws -> [ECSService] {
        let names = services.map(\.name)
        // describe-services takes ten at a time.
        let found = try stride(from: 0, to: names.count, by: 10).flatMap { start in
            try aws { () throws(AWSError) in
                try client.services(
                    cluster: cluster, Array(names[start..<min(start + 10, names.count)]),
                    cancel: cancel)
            }
        }
        return try zip(names, found).map { name, found in
            guard let found else { throw ServiceError.noService(name, cluster: cluster) }
            return found
        }
    }

    /// `look`, asked while other work goes on.
    package func asked() -> Prefetch<[ServiceState]> {
        // What tells of progress stays here: it belongs to one thread.
        let (client, cluster, services, folder) = (client, cluster, services, folder)
        return Prefetch { [cancel] in
            var fleet = ServiceFleet(
                client: client, cluster: cluster, services: services, folder: folder,
                journal: SilentJournal())
            fleet.cancel = cancel
            return try fleet.look()
        }
    }

    /// The services once nobody changes them.
    package func awaitSettled() throws -> [ServiceState] {
        var watch = FleetWatch(fleet: self, limit: patience)
        var wasBusy = false
        while true {
            let now = try look()
            guard let busy = now.first(where: { $0.isBusy }) else { return now }
            if !wasBusy { onNote("service \(busy.name) is being changed; waiting") }
            wasBusy = true
            watch.tell(now)
            if watch.isOver {
                throw ServiceError.busy(
                    busy.name, seconds: Int(patience), lastEvent: watch.lastEvent)
            }
            try watch.pause()
        }
    }

    func aws<Result>(_ body: () throws(AWSError) -> Result) throws -> Result {
        do { return try body() } catch { throw ServiceError.aws(error) }
    }
}

/// One service of a fleet.
package struct FleetService: Hashable, Sendable {
    package let name: String
    /// The container of its tasks that runs the image.
    package let container: String

    package init(name: String, container: String) {
        self.name = name
        self.container = container
    }
}

/// One service as it is.
package struct ServiceState: Hashable, Sendable {
    package let name: String
    let container: String
    package let service: ECSService
    /// The task definition that it is to run, as `describe-task-definition` gives it.
    package let definition: JSONValue

    package init(name: String, container: String, service: ECSService, definition: JSONValue) {
        self.name = name
        self.container = container
        self.service = service
        self.definition = definition
    }

    /// The variable of the container in which this tool writes what it runs.
    package static let versionVariable = "PIPELINE_VERSION"

    /// The version of this tool's that the service is to run; nil where somebody else's definition runs.
    package var version: String? {
        let containers = definition["containerDefinitions"]?.elements ?? []
        let variables = containers.first { $0["name"]?.string == container }?["environment"]?
            .elements
        return variables?.first { $0["name"]?.string == Self.versionVariable }?["value"]?.string
    }

    /// Whether a deployment goes on that has not failed.
    package var isBusy: Bool { service.isRollingOut }

    /// Whether all of the tasks that are wanted run what is wanted.
    package var isSteady: Bool {
        guard !isBusy, let primary = service.primary, primary.rolloutState != "FAILED" else {
            return false
        }
        return primary.runningCount == primary.desiredCount
    }
}

extension ECSService {
    /// The deployment that is to be reached
    /// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html).
    var primary: Deployment? { deployments?.first { $0.status == "PRIMARY" } }

    var primaryDefinition: String { primary?.taskDefinition ?? taskDefinition }

    var isRollingOut: Bool {
        guard let primary else { return false }
        if let state = primary.rolloutState { return state == "IN_PROGRESS" }
        // Services with another deployment controller say no state.
        return (deployments?.count ?? 0) > 1 || primary.runningCount != primary.desiredCount
    }
}
