import AWS
import DeployTargets
import Digests
import Docker
import JSON
import PipelineModel

/// Services of an ECS cluster: a revision of each task definition joins image and slot, and each container
/// is given the version, so that it can be seen what runs, no matter who has brought it there.
final class ECSHost: ServiceHost {
    private let environment: EnvironmentDefinition
    private let config: ECSConfig
    private let fleet: ServiceFleet
    private let session: ServiceRun
    private var before: [ServiceState] = []
    private var made: (label: VersionLabel, digest: String, revisions: [String: TaskRevision])?

    init(
        _ environment: EnvironmentDefinition, _ config: ECSConfig, _ fleet: ServiceFleet,
        _ run: ServiceRun
    ) {
        self.environment = environment
        self.config = config
        self.fleet = fleet
        session = run
    }

    /// A deployment of a version of ours that goes on is looked at again by `run`, which resumes it.
    func awaitReady() throws -> String? {
        before = try fleet.look()
        if before.contains(where: { $0.isBusy && $0.version == nil }) {
            before = try fleet.awaitSettled()
        }
        return before.first?.version
    }

    /// A revision is made from the release alone.
    func confirm(_ release: ServiceRelease) throws {
        _ = try RunSettings(parsing: release.settings)
    }

    /// The revisions of a version are made again from its release.
    func confirm(existing label: VersionLabel) {}

    func prepare(
        _ release: ServiceRelease, slot: String, existing: VersionLabel?
    ) throws -> VersionLabel {
        let image = try ImageReference(release.image)
        let settings = try RunSettings(parsing: release.settings)
        let content = [release.image, release.manifest.hex, release.settings, slot]
        let label = VersionLabel(
            release: release.number, slot: slot,
            bundle: Digest.of(JSONText.array(strings: content)))
        var variables = settings.environment
        variables["PIPELINE_RELEASE"] = String(release.number)
        variables["PIPELINE_MANIFEST"] = release.manifest.hex
        variables["PIPELINE_IMAGE"] = release.image
        variables[ServiceState.versionVariable] = label.text
        let revisions = config.services.map { service in
            let revision = TaskRevision(
                container: service.container, image: release.image, variables: variables,
                data: mount(service, slot: slot, settings))
            return (service.name, revision)
        }
        made = (label, image.version, Dictionary(revisions) { $1 })
        return label
    }

    private func mount(
        _ service: ECSConfig.Service, slot: String, _ settings: RunSettings
    ) -> TaskRevision.DataMount? {
        guard service.access != .none else { return nil }
        let root = environment.data.route.root.split(separator: "/")
        let below = "/\(slot)/\(settings.mountFrom)"
        return TaskRevision.DataMount(
            volume: config.volume, folder: "/" + root.joined(separator: "/") + below,
            inAccessPoint: below, isReadOnly: service.access == .readOnly)
    }

    func provide() throws {}

    func run() throws -> String? {
        guard let made else { return nil }
        try fleet.update(to: made.label.text, digest: made.digest, made.revisions)
        return config.address
    }

    /// Once, and to what the services themselves ran before: all of them, so that they never stay
    /// on different releases; and only if each runs what this run has left or found.
    func goBack() throws -> Aftermath {
        let now = try fleet.look()
        let runs = Self.runs(now)
        guard let version = before.first?.version else {
            return .other("\(runs); nothing of this tool's ran before")
        }
        let found = Dictionary(before.map { ($0.name, $0.service.taskDefinition) }) { $1 }
        let isBefore = now.allSatisfy { found[$0.name] == $0.service.taskDefinition && !$0.isBusy }
        if isBefore { return .before(version) }
        let isOurs = now.allSatisfy {
            found[$0.name] == $0.service.taskDefinition || $0.version == made?.label.text
        }
        guard isOurs else {
            return .other("\(runs), which this run neither left nor found there, and which stays")
        }
        guard config.fallsBack else { return .other("\(runs): \"fall_back\" is off") }
        guard version != made?.label.text else { return .other(runs) }
        session.note("going back to version \(version)")
        try fleet.goBack(to: found, version: version)
        return .before(version)
    }

    func running() throws -> String { Self.runs(try fleet.look()) }

    private static func runs(_ states: [ServiceState]) -> String {
        let each = states.map { "\($0.name) runs version \($0.version ?? "of somebody else")" }
        return "service " + each.joined(separator: ", service ")
    }

    /// Old task definitions cost nothing, and ECS keeps what services need of them.
    func prune() {}

    func restart() throws { try fleet.restart() }
}
