package import Failures
package import JSON

/// How a task definition is changed to run a release: image, data and what the release is called. All else
/// stays as it is, also what this program does not know. Pure.
package struct TaskRevision: Hashable, Sendable {
    /// The container that runs the image.
    package let container: String
    /// By digest.
    package let image: String
    package let variables: [String: String]
    /// How the container sees the data; nil where it must not see it.
    package let data: DataMount?

    package struct DataMount: Hashable, Sendable {
        /// The name of the volume that is the file system.
        package let volume: String
        /// The slot's data in the file system, from its root: `/site/a/data`.
        package let folder: String
        /// The slot's data from the root of an access point: `/a/data`.
        package let inAccessPoint: String
        package let isReadOnly: Bool

        package init(
            volume: String, folder: String, inAccessPoint: String, isReadOnly: Bool
        ) {
            self.volume = volume
            self.folder = folder
            self.inAccessPoint = inAccessPoint
            self.isReadOnly = isReadOnly
        }
    }

    package init(
        container: String, image: String, variables: [String: String], data: DataMount?
    ) {
        self.container = container
        self.image = image
        self.variables = variables
        self.data = data
    }

    /// Members that only answers have
    /// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html).
    private static let told = [
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
        "registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt",
    ]

    /// - Parameter definition: as `describe-task-definition` gives it.
    /// - Returns: as `register-task-definition` takes it.
    package func revised(_ definition: JSONValue) throws(RevisionError) -> JSONValue {
        var definition = Self.plain(definition)
        var containers = definition["containerDefinitions"]?.elements ?? []
        guard let index = containers.firstIndex(where: { $0["name"]?.string == container }) else {
            throw .noContainer(
                container, known: containers.compactMap { $0["name"]?.string })
        }
        var seen = variables
        if let data {
            seen["SITE_DATA"] = try place(data, &definition, &containers[index])
        }
        containers[index]["image"] = .string(image)
        containers[index]["environment"] = environment(containers[index]["environment"], seen)
        definition["containerDefinitions"] = .array(containers)
        return definition
    }

    /// A definition without what only answers have.
    package static func plain(_ definition: JSONValue) -> JSONValue {
        var definition = definition
        for member in told { definition[member] = nil }
        return definition
    }

    /// Points the volume to the slot; where the container sees the slot's data.
    private func place(
        _ data: DataMount, _ definition: inout JSONValue, _ container: inout JSONValue
    ) throws(RevisionError) -> String {
        var volumes = definition["volumes"]?.elements ?? []
        guard let index = volumes.firstIndex(where: { $0["name"]?.string == data.volume }),
            var efs = volumes[index]["efsVolumeConfiguration"]
        else { throw .noVolume(data.volume, known: volumes.compactMap { $0["name"]?.string }) }
        var mounts = container["mountPoints"]?.elements ?? []
        guard let mount = mounts.firstIndex(where: { $0["sourceVolume"]?.string == data.volume }),
            let path = mounts[mount]["containerPath"]?.string
        else { throw .notMounted(data.volume, container: self.container) }
        mounts[mount]["readOnly"] = .bool(data.isReadOnly)
        container["mountPoints"] = .array(mounts)
        let accessPoint = efs["authorizationConfig"]?["accessPointId"]?.string ?? ""
        if accessPoint.isEmpty {
            efs["rootDirectory"] = .string(data.folder)
            volumes[index]["efsVolumeConfiguration"] = efs
            definition["volumes"] = .array(volumes)
            return path
        }
        // With an access point the root must be its own, so the container finds the slot below it.
        return path + data.inAccessPoint
    }

    private func environment(_ present: JSONValue?, _ wanted: [String: String]) -> JSONValue {
        let kept = (present?.elements ?? []).filter { wanted[$0["name"]?.string ?? ""] == nil }
        let new = wanted.sorted { $0.key < $1.key }.map { name, value in
            JSONValue.object(["name": .string(name), "value": .string(value)])
        }
        return .array(kept + new)
    }
}

/// Why a task definition cannot run a release.
package enum RevisionError: Explained, Hashable {
    case noContainer(String, known: [String])
    case noVolume(String, known: [String])
    case notMounted(String, container: String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noContainer(let name, let known):
            Failure(
                "task-no-container",
                "the task definition has no container \"\(name)\"; it has \(known.joined(separator: ", "))",
                next: "correct \"ecs\" in the environment's file")
        case .noVolume(let name, let known):
            Failure(
                "task-no-volume",
                "the task definition has no EFS volume \"\(name)\" (volumes: \(known.joined(separator: ", ")))",
                next: "name it under \"ecs: volume:\"")
        case .notMounted(let volume, let container):
            Failure(
                "task-not-mounted",
                "container \"\(container)\" does not mount volume \"\(volume)\"",
                next: "add a mount point, or give the service \"access: none\"")
        }
    }
}
