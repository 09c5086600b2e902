import JSON
import Posix
package import Processes

extension DockerCommand {
    /// Answers with the name of the context in force: `DOCKER_CONTEXT`, or the configuration's.
    package static func contextName() -> [String] {
        ["docker", "context", "inspect", "--format", "{{.Name}}"]
    }
}

extension DockerEngine {
    /// The same engine with a configuration of its own, whose sign-ins are nobody else's.
    ///
    /// The context that the user has chosen (rootless, Colima, Docker Desktop, `ssh://`) is part of the
    /// client's configuration, so it is taken along with its addresses and certificates; `DOCKER_HOST` and
    /// `DOCKER_CONTEXT` go on as they are (https://docs.docker.com/engine/manage-resources/contexts/).
    ///
    /// - Parameter folder: for the configuration; for its owner alone.
    package func withPrivateConfiguration(
        in folder: String, cancel: Cancellation? = nil
    ) throws -> DockerEngine {
        let output = try run(DockerCommand.contextName(), timeout: 30, cancel: cancel)
        let name = String(output.standardOutputText.prefix { !$0.isNewline })
        let own = configDirectory ?? Self.userConfiguration
        if try FileSystem.linkStatus("\(folder)/contexts") == nil,
            try FileSystem.status("\(own)/contexts") != nil
        {
            try FileSystem.symbolicLink(to: "\(own)/contexts", at: "\(folder)/contexts")
        }
        let content: JSONValue =
            name.isEmpty || name == "default" ? .object([:]) : ["currentContext": .string(name)]
        try FileSystem.writeAtomically(content.bytes, to: "\(folder)/config.json", mode: 0o600)
        var engine = DockerEngine(configDirectory: folder, host: host)
        // Certificates of an engine at DOCKER_HOST lie in the configuration unless this says otherwise.
        let usesTLS = ["DOCKER_TLS", "DOCKER_TLS_VERIFY"].contains {
            Environment.value($0)?.isEmpty == false
        }
        if usesTLS, Environment.value("DOCKER_CERT_PATH") == nil { engine.certificates = own }
        return engine
    }

    /// Where the client looks, as docker(1) says.
    static var userConfiguration: String {
        Environment.value("DOCKER_CONFIG") ?? "\(Environment.value("HOME") ?? "")/.docker"
    }
}
