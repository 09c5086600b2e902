package import PipelineModel
import Rclone
import Slots

/// The providers that this program has. A new one is a folder, a line here, and its module in `Package.swift`.
package enum Registry {
    static let transports: [TransportProvider] = [.rclone]

    /// What environments may say of them.
    package static var transportSchemas: [TransportSchema] { transports.map(\.schema) }

    static func transport(_ options: TransportOptions) -> TransportProvider? {
        transports.first { $0.schema.name == options.transport }
    }
}
