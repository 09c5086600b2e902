import AWS
import Beanstalk
import ContainerServices
import Digests
import FoundationEssentials
import OperatorLeases
import PipelineEngine
import PipelineModel
import Posix
import Processes

/// An environment at AWS, as one command sees it: who asks, what the operators share, what is running.
///
/// Questions are asked at most once, side by side, and again after something was changed.
package final class Cloud {
    let environment: EnvironmentDefinition
    let place: AWSPlace
    let client: AWSClient
    let retries = RetryNotes()
    /// Ends the questions below; what is tidied up afterwards is not ended by it.
    var stopping: Cancellation?
    /// Who names the address that is asked instead of AWS, where the environment's file does not.
    private let overrides: [EndpointOverride]
    private let folder: String
    private let owner: String
    private(set) var lease: OperatorLease?
    /// The way to the data, where it exists only while it is needed.
    var opened: (any OpenedRoute)?
    private var identityAsked: Asked<AWSIdentity>?
    private var imagesAsked: [String: Asked<Bool>] = [:]
    private var recordAsked: Asked<RecordStore.Version>?
    private var siteAsked: Asked<BeanstalkEnvironment?>?
    private var instancesAsked: Asked<[BeanstalkInstance]?>?
    private var servicesAsked: Asked<[ServiceState]>?

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
        folder = "\(project.root)/\(Project.statePath)/environments/\(environment.name)"
        owner = "\(Host.name):\(project.root)"
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
    func foresee() {
        askIdentity()
        askSite()
        askServices()
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
        let left = Int(end.timeIntervalSinceNow / 60)
        if left < minutes { throw CloudError.credentialsShort(minutes: left, needed: minutes) }
    }

    /// The bucket for bundles and the record; the one that Beanstalk keeps has a name that follows from
    /// account and region
    /// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.S3.html).
    func bucket() throws -> String {
        if let bucket = place.bucket { return bucket }
        let account = try place.account ?? identity().account
        return "elasticbeanstalk-\(place.region)-\(account)"
    }

    func record() throws -> OperatorRecord {
        if let lease { return lease.record }
        return try askRecord().get().record
    }

    /// The Beanstalk environment as it was when it was first asked for in this command.
    func site() throws -> BeanstalkEnvironment? { try askSite()?.get() }

    /// The services as they were when they were first asked for; none in environments of other kinds.
    func services() throws -> [ServiceState] { try askServices()?.get() ?? [] }

    func instances() throws -> [BeanstalkInstance]? { try instancesAsked?.get() }

    /// Whether a registry of Amazon's has an image by its digest, asked once for all stages of a command.
    func has(_ kind: ECRKind, repository: String, digest: String) throws -> Bool {
        try askImage(kind, repository: repository, digest: digest).get()
    }

    @discardableResult
    func askImage(_ kind: ECRKind, repository: String, digest: String) -> Asked<Bool> {
        let name = "\(repository)@\(digest)"
        if let asked = imagesAsked[name] { return asked }
        let asked = Asked { [client, stopping] in
            try client.image(kind, repository: repository, digest: digest, cancel: stopping) != nil
        }
        imagesAsked[name] = asked
        return asked
    }

    /// Something was changed: what is asked next is asked anew.
    func forget() {
        imagesAsked = [:]
        recordAsked = nil
        siteAsked = nil
        instancesAsked = nil
        servicesAsked = nil
    }

    @discardableResult private func askIdentity() -> Asked<AWSIdentity> {
        if let identityAsked { return identityAsked }
        let asked = Asked { [client, stopping] in
            try client.identity(cancel: stopping)
        }
        identityAsked = asked
        return asked
    }

    @discardableResult private func askRecord() -> Asked<RecordStore.Version> {
        if let recordAsked { return recordAsked }
        let store = Result<RecordStore, any Error> { try self.store(cancel: stopping) }
        let asked = Asked { try store.get().read() }
        recordAsked = asked
        return asked
    }

    @discardableResult private func askSite() -> Asked<BeanstalkEnvironment?>? {
        guard let place = environment.beanstalk else { return nil }
        if let siteAsked { return siteAsked }
        let asked = Asked { [client, stopping] in
            try client.environment(
                place.environment, application: place.application, cancel: stopping)
        }
        siteAsked = asked
        instancesAsked = Asked { [client, stopping] in
            var site = BeanstalkSite(
                client: client, application: place.application, environment: place.environment,
                journal: SilentJournal())
            site.cancel = stopping
            return try site.instances()
        }
        return asked
    }

    @discardableResult private func askServices() -> Asked<[ServiceState]>? {
        if let servicesAsked { return servicesAsked }
        guard let fleet = fleet(journal: SilentJournal(), cancel: stopping) else { return nil }
        let asked = fleet.asked()
        servicesAsked = asked
        return asked
    }

    // MARK: The right to change

    private func store(cancel: Cancellation?) throws -> RecordStore {
        var store = RecordStore(
            client: client, bucket: try bucket(),
            key: "pipeline/\(environment.name)/record.json", folder: folder)
        store.cancel = cancel
        return store
    }

    /// Takes the operators' lease, once in a command; then what is known is what nobody else changes.
    func hold(_ session: RunSession, reason: String, options: LeaseOptions) throws {
        guard lease == nil else { return }
        let identity = try identity()
        try ensureBucket()
        lease = try OperatorLease.take(
            try store(cancel: session.cancellation), name: "\(identity.name) (\(Host.name))",
            identity: owner, reason: reason, waits: options.waits, takes: options.takes,
            stopping: session.cancellation,
            onWait: {
                session.emit(
                    .note("waiting for \($0.name), who holds the environment: \($0.reason)"))
            })
        forget()
    }

    /// Beanstalk makes its bucket with the first environment of a region, or when asked to.
    private func ensureBucket() throws {
        guard place.bucket == nil, environment.beanstalk != nil else { return }
        do { _ = try record() } catch let error as AWSError where error.code == "NoSuchBucket" {
            _ = try client.storageBucket()
            recordAsked = nil
        }
    }

    /// Takes away the way to the data, which may cost.
    func closeRoute() throws {
        guard let route = opened else { return }
        opened = nil
        try route.close()
    }

    /// Gives back what is held for a run: first what costs, then the right to change.
    func release(_ session: RunSession) {
        stopping = nil
        do { try closeRoute() } catch { session.emit(.note("\(error)")) }
        try? lease?.release()
        lease = nil
    }

    // MARK: What the operators share

    /// Why a slot must not be written although this project's ledger knows of nothing that needs it.
    func use(of slot: String) throws -> String? {
        if let label = try site()?.versionLabel, VersionLabel(label)?.slot == slot {
            return "version \(label) is deployed and runs from it"
        }
        for service in try services() {
            if let label = service.version, VersionLabel(label)?.slot == slot {
                return "service \(service.name) runs version \(label) from it"
            }
        }
        let record = try record()
        if let live = record.live, live.slot == slot {
            return "version \(live.label) of \(live.by) runs from it"
        }
        if environment.data.slots > 2, let previous = record.previous, previous.slot == slot {
            return "version \(previous.label) of \(previous.by) is what a rollback brings back"
        }
        return nil
    }

    /// - Parameter manifest: nil while the slot is being filled.
    func recordSlot(_ slot: String, manifest: Digest?, generation: Int64) throws {
        try held().update {
            $0.slots[slot] = .init(manifest: manifest?.hex, generation: Int(generation))
        }
    }

    func forgetSlot(_ slot: String) throws {
        try held().update { $0.slots[slot] = nil }
    }

    func recordLive(_ live: OperatorRecord.Live) throws {
        try held().update { record in
            if let before = record.live, before.label != live.label { record.previous = before }
            record.live = live
        }
    }

    /// Asked before each step that cannot be taken back: throws where another operator has taken over.
    func confirmLease() throws { try held().confirm() }

    private func held() throws -> OperatorLease {
        guard let lease else { throw CloudError.noLease }
        return lease
    }

    func beanstalk(journal: any RemoteJournal, cancel: Cancellation?) -> BeanstalkSite? {
        guard let place = environment.beanstalk else { return nil }
        var site = BeanstalkSite(
            client: client, application: place.application, environment: place.environment,
            journal: journal)
        site.cancel = cancel
        site.patience = place.patience
        site.timeout = place.timeout
        // What stands in on this machine may be asked more often.
        if client.settings.endpoint?.isLoopback == true {
            (site.interval, site.settling) = (0.3, 9)
        }
        return site
    }

    func fleet(journal: any RemoteJournal, cancel: Cancellation?) -> ServiceFleet? {
        guard let place = environment.ecs else { return nil }
        var fleet = ServiceFleet(
            client: client, cluster: place.cluster,
            services: place.services.map { .init(name: $0.name, container: $0.container) },
            folder: folder, journal: journal)
        fleet.cancel = cancel
        fleet.patience = place.patience
        fleet.timeout = place.timeout
        if client.settings.endpoint?.isLoopback == true {
            (fleet.interval, fleet.settling) = (0.3, 9)
        }
        return fleet
    }
}

/// What to do while another operator holds the environment.
package struct LeaseOptions: Sendable {
    package var waits: Bool
    package var takes: Bool
    /// Whether a person has confirmed that a place which holds something else becomes this environment's.
    package var adopts: Bool

    package init(waits: Bool = true, takes: Bool = false, adopts: Bool = false) {
        self.adopts = adopts
        self.waits = waits
        self.takes = takes
    }
}
