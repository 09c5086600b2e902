import AWS
import DeployLocking
import DeployTargets
import Digests
import PipelineEngine
import PipelineModel
import Posix
import Processes
import TransportProviders

/// An environment at AWS, as one command sees it: who asks, what the operators share, what is running.
///
/// Questions are asked at most once, side by side, and again after something was changed.
package final class Cloud {
    let environment: EnvironmentDefinition
    let place: AWSConfig
    let client: AWSClient
    let retries = RetryNotes()
    /// Ends the questions below; what is tidied up afterwards is not ended by it.
    var stopping: Cancellation?
    /// Who names the address that is asked instead of AWS, where the environment's file does not.
    private let overrides: [EndpointOverride]
    /// Of the project, absolute.
    private let root: String
    /// Of this machine, for what is on its way.
    let folder: String
    /// Whose record this environment's is, and where it lies.
    let site: CloudSite
    var lease: DeployLock?
    /// Whether this command has told the environment to run a version.
    var hasToldToRun = false
    /// The connection to the data, where it exists only while it is needed.
    var opened: (any TransportConnection)?
    private var identityAsked: Prefetch<AWSIdentity>?
    private var imagesAsked: [String: Prefetch<Bool>] = [:]
    private var recordAsked: Prefetch<RecordStore.Version>?
    /// What runs releases; nil in environments that run none.
    private(set) lazy var service: (any ServiceTarget)? = Registry.target(environment).service?
        .make(
            ServicePlace(
                environment: environment, client: client, root: root, folder: folder,
                cancel: { [unowned self] in stopping }))

    /// nil for an environment that does not live at AWS.
    init?(_ project: Project, _ environment: EnvironmentDefinition) throws {
        guard let place = environment.aws else { return nil }
        var endpoint: AWSEndpoint?
        var services: [String: AWSEndpoint] = [:]
        overrides =
            try place.endpoint == nil ? EndpointOverride.ofThisMachine(profile: place.profile) : []
        if let url = place.endpoint {
            guard let good = AWSEndpoint(url) else { throw CloudError.unsafeEndpoint(url) }
            endpoint = good
        }
        for override in overrides {
            guard let good = AWSEndpoint(override.url) else {
                throw CloudError.unsafeEndpoint("\(override.url)\" of \"\(override.origin)")
            }
            if override.commands.isEmpty { endpoint = good }
            for command in override.commands { services[command] = good }
        }
        self.environment = environment
        self.place = place
        var settings = AWSSettings(
            region: place.region, profile: place.profile, endpoint: endpoint)
        settings.serviceEndpoints = services
        var client = AWSClient(settings)
        client.onRetry = { [retries] in retries.retried($0, $1, $2) }
        self.client = client
        root = project.root
        folder = "\(project.root)/\(Project.statePath)/environments/\(environment.name)"
        site = CloudSite(project.definition.project, environment, root: project.root)
    }

    /// What a person must know before anything is asked there.
    var warning: String? {
        if place.endpoint == nil, !overrides.isEmpty {
            let all = overrides.map { "\($0.url) (\($0.origin))" }
            return "asking \(all.joined(separator: ", ")) instead of AWS"
        }
        return client.settings.endpoint.map { "asking \($0.url) instead of AWS" }
    }

    // MARK: What is known

    /// Starts all questions whose answers the next step will want.
    func prefetch() {
        askIdentity()
        service?.prefetch()
        if place.account != nil || place.bucket != nil { askRecord() }
    }

    func identity() throws -> AWSIdentity {
        let identity = try askIdentity().get()
        if let wanted = place.account, identity.account != wanted {
            throw CloudError.wrongAccount(wanted: wanted, found: identity.account, identity.arn)
        }
        return identity
    }

    /// Asked before steps of minutes: a session that ends in the middle of one leaves it half done until
    /// somebody signs in again.
    ///
    /// - Parameter minutes: what the step is likely to need.
    func confirmCredentials(minutes: Int) throws {
        guard let end = client.credentialsEnd(cancel: stopping) else { return }
        let left = end.minutesFromNow
        if left < minutes { throw CloudError.credentialsShort(minutes: left, needed: minutes) }
    }

    /// The bucket for bundles and the record; where the environment names none, the one that its account has.
    func bucket() throws -> String {
        if let bucket = place.bucket { return bucket }
        guard let own = Registry.accountBucket else {
            preconditionFailure("no kind of environment has a bucket of its own")
        }
        return own.name(place.region, try place.account ?? identity().account)
    }

    func record() throws -> DeployRecord {
        if let lease { return lease.record }
        return try askRecord().get().record
    }

    /// Whether a registry of Amazon's has an image by its digest, asked once for all stages of a command.
    func has(_ kind: ECRKind, repository: String, digest: String) throws -> Bool {
        try askImage(kind, repository: repository, digest: digest).get()
    }

    @discardableResult
    func askImage(_ kind: ECRKind, repository: String, digest: String) -> Prefetch<Bool> {
        let name = "\(repository)@\(digest)"
        if let asked = imagesAsked[name] { return asked }
        let asked = Prefetch { [client, stopping] in
            try client.image(kind, repository: repository, digest: digest, cancel: stopping) != nil
        }
        imagesAsked[name] = asked
        return asked
    }

    /// Something was changed: what is asked next is asked again.
    func forget() {
        imagesAsked = [:]
        recordAsked = nil
        service?.forget()
    }

    @discardableResult private func askIdentity() -> Prefetch<AWSIdentity> {
        if let identityAsked { return identityAsked }
        let asked = Prefetch { [client, stopping] in
            try client.identity(cancel: stopping)
        }
        identityAsked = asked
        return asked
    }

    @discardableResult private func askRecord() -> Prefetch<RecordStore.Version> {
        if let recordAsked { return recordAsked }
        let store = Result<RecordStore, any Error> { try self.store(cancel: stopping) }
        let asked = Prefetch { try store.get().read() }
        recordAsked = asked
        return asked
    }
}
