/// The command lines of Docker's client, as pure functions
/// (https://docs.docker.com/reference/cli/docker/).
package enum DockerCommand {
    package static func build(_ build: ImageBuild) -> [String] {
        var arguments = ["docker", "build", "--platform", build.platform, "--compress", "--rm"]
        if let target = build.target { arguments += ["--target", target] }
        arguments += pairs("--build-arg", build.arguments)
        arguments += pairs("--label", build.labels)
        for tag in build.tags { arguments += ["--tag", tag] }
        return arguments + ["--file", "\(build.context)/\(build.dockerfile)", "--", build.context]
    }

    package static func tag(_ image: String, as name: String) -> [String] {
        ["docker", "tag", "--", image, name]
    }

    package static func push(_ reference: String) -> [String] {
        ["docker", "push", "--", reference]
    }

    package static func pull(_ reference: String) -> [String] {
        ["docker", "pull", "--", reference]
    }

    package static func inspectImage(_ reference: String) -> [String] {
        ["docker", "image", "inspect", "--", reference]
    }

    package static func removeImage(_ reference: String) -> [String] {
        ["docker", "image", "rm", "--", reference]
    }

    /// Writes the image as an archive to the standard output.
    package static func save(_ image: String) -> [String] { ["docker", "save", "--", image] }

    /// Answers with the engine's version; unlike `docker info`, exits with 1 where no engine answers.
    package static func engineVersion() -> [String] {
        ["docker", "version", "--format", "{{json .Server}}"]
    }

    package static func info() -> [String] { ["docker", "info", "--format", "{{json .}}"] }

    static func pairs(_ option: String, _ values: [String: String]) -> [String] {
        values.sorted { $0.key < $1.key }.flatMap { [option, "\($0.key)=\($0.value)"] }
    }
}
