import LocalExecution
package import PipelineEngine
package import PipelineModel
import Rclone
import Slots
import Slurm

/// The providers that this program has. A new one is a folder, a line here, and its module in `Package.swift`.
package enum Registry {
    /// Where units may run; the first is that of stages that name none, and asks workers for the values of axes.
    package static let executors: [ExecutorProvider] = [.local, .slurm]

    /// What stages may say of them.
    package static var executorSchemas: [ExecutorSchema] { executors.map(\.schema) }

    static let transports: [TransportProvider] = [.rclone]

    /// What environments may say of them.
    package static var transportSchemas: [TransportSchema] { transports.map(\.schema) }

    static func transport(_ options: TransportOptions) -> TransportProvider? {
        transports.first { $0.schema.name == options.transport }
    }
}
