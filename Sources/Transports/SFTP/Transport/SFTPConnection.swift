package import PipelineModel
package import SFTP
package import Slots
import TransportProviders

/// A place on a server that speaks SFTP: all its slots share one client.
package final class SFTPConnection: TransportConnection {
    private let client: SFTPClient
    private let root: String
    private let isDurable: Bool
    private let name: String
    private let memory: ServerMemory

    /// - Parameters:
    ///   - root: the folder that holds the slots; `/` for that of the login.
    ///   - name: what people call the server.
    package init(
        _ settings: ClientSettings, root: String, isDurable: Bool, name: String,
        memory: ServerMemory
    ) {
        var settings = settings
        settings.use(memory)
        client = SFTPClient(settings)
        self.root = root
        self.isDurable = isDurable
        self.name = name
        self.memory = memory
    }

    package func transport(_ folder: String) -> any Transport { slot(folder) }

    private func slot(_ folder: String) -> SFTPTransport {
        let path = root.hasSuffix("/") || folder.isEmpty ? root + folder : "\(root)/\(folder)"
        return SFTPTransport(client: client, root: path, isDurable: isDurable)
    }

    package func markers(of folders: [String]) throws -> [OwnFile<SlotMarker>]? {
        try SFTPTransport.markers(of: folders.map(slot))
    }

    package func keepFindings(_ note: (String) -> Void) { memory.tell(name, note) }

    package func close() { client.close() }

    /// What an environment may say of any connection by SFTP.
    package static let keys = [
        KeySchema(
            "connections", .integer(1...10), default: "2", "connections side by side at most"),
        KeySchema(
            "sessions", .integer(1...10), default: "4", "sessions on each connection at most"),
        KeySchema("bandwidth", .size, "bytes a second at most"),
        KeySchema(
            "durable", .boolean, default: "false",
            "ask the server to put each file on stable storage before it counts"),
    ]
}

extension ClientSettings {
    /// Takes over what an environment says by `SFTPConnection.keys`.
    package mutating func use(_ options: TransportOptions) {
        connections = options.integer("connections")
        sessions = options.integer("sessions")
        bandwidth = options.size("bandwidth")
    }
}
