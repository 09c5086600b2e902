package import AWS
package import Processes

/// An Elastic Beanstalk environment that is made to run versions.
package struct BeanstalkSite {
    package let client: AWSClient
    package let application: String
    package let environment: String
    package let journal: any RemoteJournal
    package var cancel: Cancellation?
    /// Seconds that somebody else's operation is waited for, and that an own one may take.
    package var patience: Double = 900
    package var timeout: Double = 1800
    /// Seconds between two looks. Beanstalk itself looks at its instances every ten.
    package var interval: Double = 5
    /// Seconds in which the instances say what they run, once the environment has said that it is done.
    package var settling: Double = 150
    /// Told each event once, oldest first; never used to decide anything.
    package var onEvent: (BeanstalkEvent) -> Void = { _ in }
    package var onNote: (String) -> Void = { _ in }

    package init(
        client: AWSClient, application: String, environment: String, journal: any RemoteJournal
    ) {
        self.client = client
        self.application = application
        self.environment = environment
        self.journal = journal
    }

    /// The environment as it is.
    package func look() throws -> BeanstalkEnvironment {
        let found = try aws { () throws(AWSError) in
            try client.environment(environment, application: application, cancel: cancel)
        }
        guard let found, found.status != .terminating else {
            throw BeanstalkError.noEnvironment(environment, application: application)
        }
        return found
    }

    /// The environment once nobody's operation goes on in it.
    package func awaitReady() throws -> BeanstalkEnvironment {
        var watch = Watch(site: self, limit: patience)
        var wasBusy = false
        while true {
            let now = try look()
            if now.status == .ready { return now }
            if !wasBusy {
                onNote("environment \(environment) is busy (\(now.status.text)); waiting")
            }
            wasBusy = true
            try watch.showEvents()
            if watch.isOver {
                throw BeanstalkError.busy(
                    environment, status: now.status.text, seconds: Int(patience),
                    lastEvent: watch.lastEvent)
            }
            try watch.pause()
        }
    }

    /// Which instances run what; nil where the environment's health reporting is basic and cannot tell.
    package func instances() throws -> [BeanstalkInstance]? {
        do {
            return try client.instances(environment: environment, cancel: cancel)
        } catch
            where error.code == "InvalidRequestException" || error.code == "InvalidParameterValue"
        {
            return nil
        } catch { throw BeanstalkError.aws(error) }
    }

    func aws<Result>(_ body: () throws(AWSError) -> Result) throws -> Result {
        do { return try body() } catch { throw BeanstalkError.aws(error) }
    }
}

extension BeanstalkEnvironment.Status {
    package var text: String {
        switch self {
        case .ready: "ready"
        case .launching: "launching"
        case .updating: "updating"
        case .aborting: "aborting"
        case .terminating: "terminating"
        case .terminated: "terminated"
        case .other(let text): text
        }
    }
}
