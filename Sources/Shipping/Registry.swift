import AWSTransferServer
import Beanstalk
package import DeployTargets
import DirectoryTransports
import ECSTasks
import LocalExecution
package import PipelineEngine
package import PipelineModel
import Rclone
import S3Relay
import SFTPTransports
import SiteRuntime
import Slurm
import StaticSite
package import TransportProviders

/// The providers that this program has. A new one is a folder, a line here, and its module in `Package.swift`.
package enum Registry {
    /// Where units may run; the first is that of stages that name none, and asks workers for the values of axes.
    package static let executors: [ExecutorProvider] = [.local, .slurm]

    /// What stages may say of them.
    package static var executorSchemas: [ExecutorSchema] { executors.map(\.schema) }

    /// How data gets to a place; the first is that of an environment that names none.
    package static let transports: [TransportProvider] = [
        .directory, .sftp, .transfer, .bucket, .rclone,
    ]
    /// Those that reach an archive: at any time, and without an instance in between.
    static let archiveTransports = transports.filter { $0.temporary == nil } + [.s3]
    package static var archiveSchemas: [TransportSchema] { archiveTransports.map(\.schema) }

    /// Kinds of environments.
    package static let targets: [DeployTargetProvider] = [
        .local, .preview, .data, .beanstalk, .ecs, .static,
    ]

    /// What environments may say of them.
    package static var transportSchemas: [TransportSchema] { transports.map(\.schema) }
    package static var targetSchemas: [TargetSchema] { targets.map(\.schema) }

    /// Where the units of a stage run; nil for a stage of another kind.
    static func executor(_ stage: Stage) -> (provider: ExecutorProvider, options: ExecutorOptions)?
    {
        guard case .units(let content) = stage.content else { return nil }
        let options = content.executor
        return executors.first { $0.schema.name == options.executor }.map { ($0, options) }
    }

    /// How the archive is reached; nil where the project has none.
    static func archiveTransport(_ definition: Definition) -> TransportProvider? {
        definition.archive.map(archiveTransport)
    }

    /// How an archive is reached. Archives are read by the schemas of the list, so that each has one.
    static func archiveTransport(_ archive: ArchiveConfig) -> TransportProvider {
        let name = archive.options.transport
        guard let found = archiveTransports.first(where: { $0.schema.name == name }) else {
            preconditionFailure("no transport \(name) of archives")
        }
        return found
    }

    /// The bucket that an account has for environments at AWS that name none, and how it is made.
    static var accountBucket: ServiceProvider.AccountBucket? {
        targets.lazy.compactMap { $0.service?.accountBucket }.first
    }

    /// The provider of an environment's kind. Kinds are read by the schemas of the list, so that each has one.
    static func target(_ environment: EnvironmentDefinition) -> DeployTargetProvider {
        guard let found = targets.first(where: { $0.schema.name == environment.kind.name }) else {
            preconditionFailure("kind \(environment.kind.name) has no provider")
        }
        return found
    }
}

extension DataConfig {
    /// Who sends the data.
    var provider: TransportProvider {
        guard
            let provider = Registry.transports.first(where: { $0.schema.name == route.transport })
        else { preconditionFailure("no transport \(route.transport)") }
        return provider
    }
}
