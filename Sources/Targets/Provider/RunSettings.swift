package import JSON
package import PipelineModel

/// What a release remembers of how its site is started, so that a rollback starts it as it was then.
package struct RunSettings {
    package let containerPort: Int
    package let mountFrom: String
    package let mountTo: String
    /// More folders than the first, if there are; absent in what earlier versions recorded.
    package let otherMounts: [Mount]?
    /// Words with `{port}` and `{root}` still to be filled; empty for a container that starts as its image says.
    package let command: [String]
    package let environment: [String: String]
    /// What the kind of environment adds, by names of its own.
    package let target: [String: JSONValue]

    package struct Mount: Codable, Hashable {
        package let from: String
        package let to: String
    }

    /// All folders that the site sees, the first one first.
    package var mounts: [Mount] { [Mount(from: mountFrom, to: mountTo)] + (otherMounts ?? []) }

    package init(_ definition: EnvironmentDefinition, _ provider: DeployTargetProvider) {
        let site = definition.site
        target = provider.service?.settings(definition) ?? [:]
        containerPort = site.containerPort
        mountFrom = site.mounts[0].from
        mountTo = site.mounts[0].to
        otherMounts =
            site.mounts.count == 1
            ? nil : site.mounts.dropFirst().map { Mount(from: $0.from, to: $0.to) }
        command = site.command.map(\.source)
        environment = site.environment
    }

    /// The members that every kind of environment has.
    private struct Site: Decodable {
        let containerPort: Int
        let mountFrom: String
        let mountTo: String
        let otherMounts: [Mount]?
        let command: [String]
        let environment: [String: String]

        enum CodingKeys: String, CodingKey, CaseIterable {
            case containerPort, mountFrom, mountTo, otherMounts, command, environment
        }
    }

    package init(parsing text: String) throws {
        let site = try JSONValue.decode(Site.self, from: text.utf8)
        let own = Set(Site.CodingKeys.allCases.map(\.rawValue))
        target = (try JSONValue(parsing: text).object ?? [:]).filter { !own.contains($0.key) }
        containerPort = site.containerPort
        mountFrom = site.mountFrom
        mountTo = site.mountTo
        otherMounts = site.otherMounts
        command = site.command
        environment = site.environment
    }

    /// Canonical: equal settings have equal text, and so equal digests.
    package var text: String {
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
        members += target.map { (key: $0.key, value: $0.value.text) }
        return JSONText.object(members)
    }

    /// The words of the command for a port; an unknown place stays as it is written.
    package func words(port: Int, root: String) -> [String] {
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
