import AWSTransferServer
import DirectoryTransports
import LocalExecution
package import PipelineEngine
package import PipelineModel
import Rclone
import S3Relay
import SFTPTransports
import Slurm
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

    /// What environments may say of them.
    package static var transportSchemas: [TransportSchema] { transports.map(\.schema) }
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
