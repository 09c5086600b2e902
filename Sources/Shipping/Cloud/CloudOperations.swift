import AWS
import DeployLocking
package import DeployTargets
import Digests
import Docker
import Failures
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix
package import Processes

/// What is done with an environment besides releasing to it.
package struct CloudOperations {
    private let context: ShippingContext
    private let cloud: Cloud?

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?
    ) throws {
        context = try ShippingContext(project, environment, ledger: ledger)
        cloud = context.cloud
    }

    /// What a person must know before AWS is asked.
    package var warning: String? { cloud?.warning }

    /// Where the site answers.
    package func address() throws -> String {
        guard let address = try context.address() else {
            throw Failure.noAddress(environment: context.environment.name)
        }
        return address
    }

    // MARK: Events and logs

    /// What happened in the environment, oldest first.
    package func events(since: String? = nil) throws -> [ServiceEvent] {
        guard let events = try cloud?.service?.events(since: since) else { throw none("events") }
        return events
    }

    /// The ends of the instances' logs, asked for again: eb-engine.log and what else Beanstalk collects.
    package func instanceLogs(cancel: Cancellation?) throws -> [ServiceLog] {
        guard let logs = try cloud?.service?.machineLogs(cancel: cancel) else {
            throw none("logs of its machines")
        }
        return logs
    }

    /// What the site printed, as far as its machines can be asked: of Beanstalk the ends of the instances' logs, of ECS
    /// the log streams of its containers.
    package func siteLogs(cancel: Cancellation?) throws -> [ServiceLog] {
        guard let service = cloud?.service else { throw none("logs") }
        return try service.siteLogs(within: nil, cancel: cancel)
    }

    private func none(_ what: String) -> CloudError {
        .keepsNone(what, environment: context.environment.name)
    }

    // MARK: The operators' lease

    package struct Holder: Hashable, Sendable {
        package let name: String
        package let reason: String
        /// Seconds since 1970.
        package let since: Int64
        package let until: Int64
    }

    /// Who holds the environment; nil where nobody does.
    package func holder() throws -> Holder? {
        guard let cloud else { return nil }
        _ = try cloud.identity()
        return try cloud.record().holder.map {
            Holder(name: $0.name, reason: $0.reason, since: $0.since, until: $0.until)
        }
    }

    /// Takes the lease from its holder and gives it back: after it nobody has it.
    package func unlock(_ session: RunSession) throws {
        guard let cloud else { return }
        let journal = LedgerJournal(context, session)
        try journal.record("take-lease", context.environment.name) {
            try cloud.hold(
                session, reason: "unlock", options: LeaseOptions(waits: false, takes: true))
            cloud.release(session)
        }
    }

    // MARK: Restarting

    /// Starts the site's containers again, so that it reads its data again, and waits until it passes its health checks.
    ///
    /// - Returns: where it answers; nil where nobody can ask it.
    package func restart(_ session: RunSession, options: LeaseOptions) throws -> String? {
        guard let cloud else {
            throw CloudError.notCloud(environment: context.environment.name)
        }
        guard let live = try context.timeline().live,
            let release = try session.reader.release(id: live.releaseID)
        else { throw CloudError.notReleased(label: nil, environment: context.environment.name) }
        defer { cloud.release(session) }
        try cloud.hold(session, reason: "restart", options: options)
        try cloud.host(context, session, stage: nil)?.restart()
        guard let address = try cloud.service?.address() else { return nil }
        let number = live.version.flatMap { VersionLabel($0)?.release } ?? live.release
        try CloudHealth(context: context, session: session)
            .watch(release, named: number, at: address)
        return address
    }
}
