import JSON
import PipelineModel
import Posix

/// What a release remembers of how its site is started, so that a rollback starts it as it was then.
struct RunSettings: Codable {
    let containerPort: Int
    let mountFrom: String
    let mountTo: String
    /// More folders than the first, if there are; absent in what earlier versions recorded.
    let otherMounts: [Mount]?
    /// Words with `{port}` and `{root}` still to be filled; empty for a container that starts as its image says.
    let command: [String]
    let environment: [String: String]
    /// Where instances of a Beanstalk environment see the folder that holds the slots; nil elsewhere.
    let instanceRoot: String?
    /// Services of ECS that run the image, each with its container and how it sees the data.
    let services: [String]?

    struct Mount: Codable, Hashable {
        let from: String
        let to: String
    }

    /// All folders that the site sees, the first one first.
    var mounts: [Mount] { [Mount(from: mountFrom, to: mountTo)] + (otherMounts ?? []) }

    init(_ definition: EnvironmentDefinition) {
        let site = definition.site
        instanceRoot = definition.beanstalk.map { place in
            let root = place.root ?? definition.data.route.root
            let parts = (place.mount + "/" + root).split(separator: "/")
            return "/" + parts.joined(separator: "/")
        }
        services = definition.ecs.map { place in
            place.services.map {
                "\($0.name) \($0.container) \(place.volume) \($0.access.rawValue)"
            }
        }
        containerPort = site.containerPort
        mountFrom = site.mounts[0].from
        mountTo = site.mounts[0].to
        otherMounts =
            site.mounts.count == 1
            ? nil : site.mounts.dropFirst().map { Mount(from: $0.from, to: $0.to) }
        command = site.command.map(\.source)
        environment = site.environment
    }

    init(parsing text: String) throws {
        self = try JSONValue.decode(RunSettings.self, from: text.utf8)
    }

    /// Canonical: equal settings have equal text, and so equal digests.
    var text: String {
        var members: [(key: String, value: String)] = [
            (key: "containerPort", value: String(containerPort)),
            (key: "mountFrom", value: JSONText.quoted(mountFrom)),
            (key: "mountTo", value: JSONText.quoted(mountTo)),
            (key: "command", value: JSONText.array(strings: command)),
            (
                key: "environment",
                value: JSONText.object(
                    environment.map { (key: $0.key, value: JSONText.quoted($0.value)) })
            ),
        ]
        if let otherMounts {
            let list = otherMounts.map {
                JSONText.object([
                    (key: "from", value: JSONText.quoted($0.from)),
                    (key: "to", value: JSONText.quoted($0.to)),
                ])
            }
            members.append((key: "otherMounts", value: JSONText.array(list)))
        }
        if let instanceRoot {
            members.append((key: "instanceRoot", value: JSONText.quoted(instanceRoot)))
        }
        if let services {
            let list = JSONText.array(strings: services)
            members.append((key: "services", value: list))
        }
        return JSONText.object(members)
    }

    /// The words of the command for a port; an unknown place stays as it is written.
    func words(port: Int, root: String) -> [String] {
        command.map { word in
            let template = try? Template(word)  // try?: it stays as it is written
            let filled = template?.filled { name, _ in
                switch name {
                case "port": String(port)
                case "root": root
                default: nil
                }
            }
            return filled ?? word
        }
    }
}
