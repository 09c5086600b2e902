import AWS
import DeployTargets
import PipelineModel
import Processes

/// Services of an ECS cluster, as they are.
final class ECSTarget: ServiceTarget {
    private let place: ServicePlace
    private let config: ECSConfig
    private var asked: Prefetch<[ServiceState]>?

    init(_ place: ServicePlace, _ config: ECSConfig) {
        self.place = place
        self.config = config
    }

    func prefetch() { ask() }

    func forget() { asked = nil }

    @discardableResult private func ask() -> Prefetch<[ServiceState]> {
        if let asked { return asked }
        let asked = looking(place.cancel()).asked()
        self.asked = asked
        return asked
    }

    private func looking(_ cancel: Cancellation?) -> ServiceFleet {
        ServiceFleet(
            place.client, config, folder: place.folder, journal: SilentJournal(), cancel: cancel)
    }

    /// The services as they were when they were first asked for.
    private func services() throws -> [ServiceState] { try ask().get() }

    func address() throws -> String? { config.address }

    func versions() throws -> [(part: String, version: String?)] {
        try services().map { ("service \($0.name)", $0.version) }
    }

    func difference(from version: String?) throws -> String? {
        for service in try services() {
            if service.isBusy { return "service \(service.name) is being changed" }
            if service.version != version {
                return
                    "service \(service.name) runs version \(service.version ?? "none"), not \(version ?? "none")"
            }
            if !service.isSteady { return "not all tasks of service \(service.name) run" }
        }
        return nil
    }

    func use(where isMeant: (String) -> Bool) throws -> String? {
        for service in try services() {
            if let version = service.version, isMeant(version) {
                return "service \(service.name) runs version \(version) from it"
            }
        }
        return nil
    }

    /// The ends of what the containers of services printed last.
    func siteLogs(within seconds: Double?, cancel: Cancellation?) throws -> [ServiceLog] {
        try looking(cancel).siteLogs(cancel: cancel)
    }

    func checks(accessPoints: @escaping () throws -> [EFSAccessPoint]) -> [ServiceCheck] {
        [
            ServiceCheck("services") { [self] in
                let points = try accessPoints()
                return try zip(config.services, services()).flatMap { wanted, found in
                    ServiceFacts(
                        wanted: wanted, state: found, volume: config.volume,
                        data: place.environment.data, points: points
                    ).diagnoses(place.environment.name)
                }
            }
        ]
    }

    func host(_ run: ServiceRun) -> any ServiceHost {
        var fleet = ServiceFleet(
            place.client, config, folder: place.folder, journal: run.journal, cancel: run.cancel)
        fleet.onEvent = run.output
        fleet.onNote = run.note
        return ECSHost(place.environment, config, fleet, run)
    }

    func shell(in part: String?) throws -> ServiceShell? {
        guard
            let wanted = config.services.first(where: { part == nil || $0.name == part }),
            let task = try place.client.tasks(cluster: config.cluster, service: wanted.name)
                .first(where: { $0.lastStatus == "RUNNING" })
        else {
            throw ServiceError.noTask(service: part ?? "", known: config.services.map(\.name))
        }
        return ServiceShell(
            command: ProcessCommand(
                AWSCall.shell(
                    cluster: config.cluster, task: task.taskArn, container: wanted.container
                ).interactive(place.client.settings)),
            notes: [
                "in container \(wanted.container) of a task of \(wanted.name); the service needs "
                    + "enableExecuteCommand", "`exit` ends the session",
            ])
    }
}

extension ServiceFleet {
    /// The services of an environment, as its file says how long they are waited for.
    init(
        _ client: AWSClient, _ config: ECSConfig, folder: String, journal: any RemoteJournal,
        cancel: Cancellation?
    ) {
        self.init(
            client: client, cluster: config.cluster,
            services: config.services.map { .init(name: $0.name, container: $0.container) },
            folder: folder, journal: journal)
        self.cancel = cancel
        patience = config.patience
        timeout = config.timeout
        settling = config.settle
    }
}
