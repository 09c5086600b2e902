import AWS
import DeployTargets
import Failures
import PipelineModel
import Processes

/// An Elastic Beanstalk environment, as it is.
final class BeanstalkTarget: ServiceTarget {
    private let place: ServicePlace
    private let config: BeanstalkConfig
    private var siteAsked: Prefetch<BeanstalkEnvironment?>?
    private var instancesAsked: Prefetch<[BeanstalkInstance]?>?

    init(_ place: ServicePlace, _ config: BeanstalkConfig) {
        self.place = place
        self.config = config
    }

    private var client: AWSClient { place.client }

    func prefetch() { ask() }

    func forget() {
        siteAsked = nil
        instancesAsked = nil
    }

    /// Both questions at once.
    @discardableResult private func ask() -> (
        site: Prefetch<BeanstalkEnvironment?>, instances: Prefetch<[BeanstalkInstance]?>
    ) {
        if let siteAsked, let instancesAsked { return (siteAsked, instancesAsked) }
        let (client, config, cancel) = (client, config, place.cancel())
        let site = Prefetch {
            try client.environment(
                config.environment, application: config.application, cancel: cancel)
        }
        let instances = Prefetch {
            try BeanstalkSite(client, config, journal: SilentJournal(), cancel: cancel).instances()
        }
        (siteAsked, instancesAsked) = (site, instances)
        return (site, instances)
    }

    /// The environment as it was when it was first asked for; nil where it is not there.
    private func environment() throws -> BeanstalkEnvironment? { try ask().site.get() }

    func address() throws -> String? { try environment().map(address(of:)) }

    /// Where a Beanstalk environment answers.
    func address(of found: BeanstalkEnvironment) throws -> String {
        if let url = config.url { return url.hasSuffix("/") ? url : url + "/" }
        guard let name = found.cname ?? found.endpointURL else {
            throw Failure.noAddress(environment: place.environment.name)
        }
        return "http://\(name)/"
    }

    func versions() throws -> [(part: String, version: String?)] {
        try environment().map { [("the environment", $0.versionLabel)] } ?? []
    }

    func difference(from version: String?) throws -> String? {
        guard let now = try environment() else { return "the environment is not there" }
        guard now.status == .ready else {
            return "an operation goes on in environment \(config.environment) (\(now.status.text))"
        }
        guard now.versionLabel == version else {
            return
                "the environment runs version \(now.versionLabel ?? "none"), not \(version ?? "none")"
        }
        let stray = (try ask().instances.get() ?? []).first {
            $0.deployment.map { $0.versionLabel != version } ?? false
        }
        return stray.map { "instance \($0.instanceId) runs another version" }
    }

    func use(where isMeant: (String) -> Bool) throws -> String? {
        if let label = try environment()?.versionLabel, isMeant(label) {
            return "version \(label) is deployed and runs from it"
        }
        // While a fleet is being updated its instances differ from what the environment says.
        for instance in try ask().instances.get() ?? [] {
            if let label = instance.deployment?.versionLabel, isMeant(label) {
                return "instance \(instance.instanceId) runs version \(label) from it"
            }
        }
        return nil
    }

    func uncertainty() throws -> String? {
        let site = BeanstalkSite(
            client, config, journal: SilentJournal(), cancel: place.cancel())
        guard try site.instances() == nil else { return nil }
        return
            "health reporting of the environment is basic: its instances do not report their version, and the site "
            + "names none (health.identity: none), so only the environment's own version label is known"
    }

    func checks(accessPoints: @escaping () throws -> [EFSAccessPoint]) -> [ServiceCheck] {
        BeanstalkDoctor(place, config, site: { [self] in try environment() }).checks
    }

    func fileDiagnoses() -> [Diagnosis] { BeanstalkDoctor.files(place, config) }

    func host(_ run: ServiceRun) -> any ServiceHost {
        var site = BeanstalkSite(client, config, journal: run.journal, cancel: run.cancel)
        site.onEvent = { event in
            let severity = event.severity.map { $0 == "INFO" ? "" : "\($0): " } ?? ""
            run.output(severity + event.message)
        }
        site.onNote = run.note
        return BeanstalkHost(self, folder: place.folder, config, site, run)
    }

    func siteLogs(within seconds: Double?, cancel: Cancellation?) throws -> [ServiceLog] {
        var logs = InstanceLogs(client: client, environment: config.environment)
        if let seconds { logs.patience = seconds }
        return try logs.ask(cancel: cancel)
    }

    func machineLogs(cancel: Cancellation?) throws -> [ServiceLog]? {
        try siteLogs(within: nil, cancel: cancel)
    }

    func events(since: String?) throws -> [ServiceEvent]? {
        try client.events(environment: config.environment, since: since).reversed().map {
            ServiceEvent(date: $0.eventDate, severity: $0.severity ?? "", text: $0.message)
        }
    }
}

extension BeanstalkSite {
    /// The site of an environment, as its file says how long it is waited for.
    init(
        _ client: AWSClient, _ config: BeanstalkConfig, journal: any RemoteJournal,
        cancel: Cancellation?
    ) {
        self.init(
            client: client, application: config.application, environment: config.environment,
            journal: journal)
        self.cancel = cancel
        patience = config.patience
        timeout = config.timeout
        settling = config.settle
    }
}
