package import Processes

extension DockerCommand {
    /// The password comes over the standard input.
    package static func login(_ registry: String, user: String) -> [String] {
        ["docker", "login", "--username", user, "--password-stdin", "--", registry]
    }
}

extension DockerEngine {
    /// Signs in to a registry. The sign-in is kept in `configDirectory`, which should be a private one that
    /// is removed afterwards: Docker writes the password into it. See `withPrivateConfiguration`.
    package func signIn(
        to registry: String, user: String, password: [UInt8], cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(
            DockerCommand.login(registry, user: user), cancel: cancel, input: password)
    }
}
