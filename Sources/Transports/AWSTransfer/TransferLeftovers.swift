package import AWS
package import Processes

extension TransferLease {
    package struct Leftover: Hashable, Sendable {
        package let server: String
        package let state: String?
        package let project: String
        package let environment: String
        /// nil for one that an earlier version made.
        package let site: String?
        package let token: String?
    }

    /// Servers of this tool that exist now, no matter who made them; changes nothing.
    package static func leftovers(_ client: AWSClient, cancel: Cancellation?) throws -> [Leftover] {
        let listed = try client.servers(cancel: cancel)
        let asked = listed.map { server in Prefetch { try client.server(server.serverId) } }
        return try asked.compactMap { try $0.get() }.compactMap { server in
            func tag(_ key: String) -> String? { server.tags?.first { $0.key == key }?.value }
            guard let project = tag(TransferTag.project) else { return nil }
            return Leftover(
                server: server.serverId, state: server.state, project: project,
                environment: tag(TransferTag.environment) ?? "", site: tag(TransferTag.site),
                token: tag(TransferTag.token))
        }
    }
}
