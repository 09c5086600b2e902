extension DockerCommand {
    package static func createContainer(_ request: ContainerRequest) -> [String] {
        var arguments = ["docker", "container", "create"]
        if let name = request.name { arguments += ["--name", name] }
        if let platform = request.platform { arguments += ["--platform", platform] }
        arguments += ["--restart", request.restart.rawValue]
        if let memory = request.memory { arguments += ["--memory", "\(memory)b"] }
        for mount in request.mounts { arguments += ["--mount", mountText(mount)] }
        // Bound to loopback: what faces the world is the front, not the container.
        for port in request.ports {
            arguments += [
                "--publish", "127.0.0.1:\(port.host.map(String.init) ?? ""):\(port.container)",
            ]
        }
        arguments += pairs("--env", request.environment)
        arguments += pairs("--label", request.labels)
        return arguments + ["--", request.image] + request.command
    }

    package static func startContainer(_ container: String) -> [String] {
        ["docker", "container", "start", "--", container]
    }

    /// - Parameter grace: seconds between TERM and KILL.
    package static func stopContainer(_ container: String, grace: Int) -> [String] {
        ["docker", "container", "stop", "--time", "\(grace)", "--", container]
    }

    /// Removes a container with its anonymous volumes, also one that runs.
    package static func removeContainer(_ container: String) -> [String] {
        ["docker", "container", "rm", "--force", "--volumes", "--", container]
    }

    package static func inspectContainers(_ containers: [String]) -> [String] {
        ["docker", "container", "inspect", "--"] + containers
    }

    /// Lists the ids of all containers, running or not, that have these labels.
    package static func listContainers(labels: [String: String]) -> [String] {
        ["docker", "container", "ls", "--all", "--no-trunc", "--quiet"]
            + labels.sorted { $0.key < $1.key }.flatMap {
                ["--filter", "label=\($0.key)=\($0.value)"]
            }
    }

    package static func logs(_ container: String, lines: Int) -> [String] {
        ["docker", "container", "logs", "--tail", "\(lines)", "--", container]
    }

    // Comma-separated values as in RFC 4180: a field with a comma or quote stands in quotes.
    private static func mountText(_ mount: ContainerRequest.Mount) -> String {
        var fields = ["type=bind", "source=\(mount.source)", "target=\(mount.target)"]
        if mount.isReadOnly { fields.append("readonly") }
        return fields.map { field in
            guard
                field.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") })
            else { return field }
            return "\""
                + field.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }.joined(separator: ",")
    }
}
