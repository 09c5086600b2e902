import PipelineLedger
import PipelineModel
import SFTP
import SFTPTransports
import Slots
import TransportProviders

/// A file system behind a temporary SFTP server.
final class TransferAccess: TransportConnection {
    private let lease: TransferLease
    private let connection: SFTPConnection
    private let note: (String) -> Void

    static func lease(_ request: AccessRequest) throws -> TransferLease {
        let options = request.options
        let owner = options.owner ?? (0, 0)
        let settings = TransferSettings(
            project: request.project, environment: request.environment, site: request.site,
            fileSystem: options.fileSystem ?? "", folder: options.root,
            role: options.text("transfer.role"), loggingRole: options["transfer.logging_role"],
            user: options.text("transfer.user"), uid: owner.uid, gid: owner.gid,
            costPerHour: TransferSettings.cost(options), account: try request.account())
        return TransferLease(
            client: request.client, settings: settings, journal: ServerLeases(request.leases),
            folder: "\(request.folder)/transfer", cancel: request.cancel,
            confirm: request.lock.confirm, note: request.note)
    }

    init(_ request: AccessRequest) throws {
        lease = try Self.lease(request)
        let found = try lease.open()
        var settings = ClientSettings(
            SSHTarget(
                host: found.host, port: found.port, user: found.user, identity: found.identity,
                knownHosts: found.knownHosts))
        settings.use(request.options)
        settings.absence = lease.absence
        settings.cancel = request.cancel
        connection = SFTPConnection(
            settings, root: "/", isDurable: request.options.boolean("durable"),
            name: "the Transfer server",
            // Each server is another one, and all of them are of one kind.
            memory: ServerMemory("transfer:\(request.options.fileSystem ?? "")"))
        note = request.note
    }

    func transport(_ folder: String) -> any Transport { connection.transport(folder) }

    func markers(of folders: [String]) throws -> [OwnFile<SlotMarker>]? {
        try connection.markers(of: folders)
    }

    func isGone() -> Bool { lease.absence() != nil }

    func close() throws {
        connection.close()
        connection.keepFindings(note)
        try lease.close()
    }
}

/// Servers in the ledger.
private struct ServerLeases: TransferJournal {
    private let leases: any LeaseBook

    init(_ leases: any LeaseBook) { self.leases = leases }

    func will(token: String, costPerHour: Double) throws -> Int64 {
        try leases.begin(.transferServer, token: token, resource: nil, costPerHour: costPerHour)
    }

    func made(_ lease: Int64, server: String) throws { try leases.name(lease, resource: server) }

    func ended(_ lease: Int64) throws { try leases.end(lease) }

    func open() throws -> [TransferRecord] {
        try leases.open(.transferServer).map {
            TransferRecord(lease: $0.id, token: $0.token, server: $0.resource)
        }
    }
}
