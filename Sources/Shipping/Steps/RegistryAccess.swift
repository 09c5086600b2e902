import AWS
import Docker
import PipelineModel
import Posix
import Processes

/// The registry of an environment: who keeps it, how one signs in to it, and what it says that it has.
struct RegistryAccess {
    let context: ShippingContext

    /// Amazon's kind of registry; nil for any other.
    func kind(of reference: ImageReference) -> ECRKind? {
        switch context.environment.registry {
        case .ecr: .private
        case .ecrPublic: .public
        case .other: nil
        case nil: ECRKind(host: reference.host)
        }
    }

    /// The digest that the registry has for an image named by its digest; nil where it has it no more.
    func digest(of reference: ImageReference, cancel: Cancellation? = nil) throws -> String? {
        guard let kind = kind(of: reference), let cloud = context.cloud else {
            return try RegistryClient().digest(of: reference, cancel: cancel ?? context.cancel)
        }
        let isThere = try cloud.has(
            kind, repository: repository(reference, kind), digest: reference.version)
        return isThere ? reference.version : nil
    }

    /// Begins to ask for an image that a later step will ask for.
    func prefetch(_ reference: ImageReference) {
        guard let kind = kind(of: reference), let cloud = context.cloud else { return }
        cloud.askImage(
            kind, repository: repository(reference, kind), digest: reference.version)
    }

    /// A public repository's name comes after the alias of its registry, which is no part of it
    /// (https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html).
    func repository(_ reference: ImageReference, _ kind: ECRKind) -> String {
        let path = reference.name
        guard kind == .public, let slash = path.firstIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// Pushes, signed in where the registry is Amazon's: with a sign-in of its own, that ends with it, and
    /// once more with a new one if the registry did not let it in.
    func push(
        _ reference: ImageReference, cancel: Cancellation, onLine: @escaping (String) -> Void
    ) throws -> PushedImage {
        guard let kind = kind(of: reference), let cloud = context.cloud else {
            return try context.engine.push(reference.text, onLine: onLine, cancel: cancel)
        }
        _ = try cloud.identity()
        defer { cloud.forget() }
        var wasRefused = false
        while true {
            do {
                return try signedIn(reference, kind, cloud, cancel) { engine in
                    try engine.push(reference.text, onLine: onLine, cancel: cancel)
                }
            } catch let error as DockerError {
                guard case .pushFailed = error, !wasRefused, !cancel.isCancelled else {
                    throw error
                }
                // Layers that arrived stay there, so that a second push sends only what is left.
                wasRefused = true
                onLine("signing in again and pushing again")
            }
        }
    }

    private func signedIn<Result>(
        _ reference: ImageReference, _ kind: ECRKind, _ cloud: Cloud, _ cancel: Cancellation,
        _ body: (DockerEngine) throws -> Result
    ) throws -> Result {
        let folder = context.absolute(
            "\(context.environmentFolder)/docker-\(Host.processID)")
        try FileSystem.createDirectories(folder)
        try FileSystem.changeMode(folder, to: 0o700)
        defer { try? FileSystem.removeTree(folder) }  // try?: ours, made above; private
        let engine = try context.engine.withPrivateConfiguration(in: folder, cancel: cancel)
        let password = try cloud.client.registryPassword(kind, cancel: cancel)
        try engine.signIn(
            to: reference.host, user: "AWS", password: password, cancel: cancel)
        return try body(engine)
    }
}
