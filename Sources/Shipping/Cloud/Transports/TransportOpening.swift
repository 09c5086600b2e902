import AWS
import AWSTransferServer
import DeployLocking
import FoundationEssentials
import HTTP
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import SFTP
import Slots

extension ShippingContext {
    /// Makes the connection to the data where it exists only while it is needed, once in a command.
    func openRoute(_ session: RunSession, stage: String) throws {
        guard let cloud, cloud.opened == nil, environment.data.route.isCostly else { return }
        try cloud.confirmCredentials(minutes: 10)
        switch environment.data.route {
        case .directory, .sftp, .provided: return
        case .transfer(let place):
            cloud.opened = try OpenedTransfer(self, cloud, place, session)
        case .bucket(let place):
            try OpenedBucket.sweep(self, cloud, place, session)
            cloud.opened = try OpenedBucket(self, cloud, place, session)
        }
        // What the records said is now looked at.
        places.forgetAll()
    }
}

extension ShippingContext {
    /// Takes away what a killed run has left and what costs; nothing where the ledger knows of none.
    func clearLeftovers(_ session: RunSession, _ options: LeaseOptions) throws {
        guard let cloud, cloud.opened == nil,
            let open = try ledger?.openLeases(environment: environment.name), !open.isEmpty
        else { return }
        session.emit(.note("a run before this one has left what costs; taking it away"))
        try sweep(session, options)
    }

    /// Takes away what costs and carries this environment's marks, on record here or not.
    func sweep(_ session: RunSession, _ options: LeaseOptions) throws {
        guard let cloud else { return }
        try cloud.hold(session, reason: "clearing up", options: options)
        switch environment.data.route {
        case .transfer(let place):
            try OpenedTransfer.lease(self, cloud, place, session).sweep()
        case .bucket(let place): try OpenedBucket.sweep(self, cloud, place, session)
        case .directory, .sftp, .provided: break
        }
    }
}

/// A file system behind a temporary SFTP server.
final class OpenedTransfer: EphemeralTransport {
    private let lease: TransferLease
    private let client: SFTPClient
    private let isDurable: Bool
    private let memory: ServerMemory
    private let session: RunSession

    static func lease(
        _ context: ShippingContext, _ cloud: Cloud, _ place: TransferConfig, _ session: RunSession
    ) throws -> TransferLease {
        let environment = context.environment.name
        let settings = TransferSettings(
            project: context.project.definition.project, environment: environment,
            fileSystem: place.fileSystem, folder: place.root, role: place.role,
            loggingRole: place.loggingRole, user: place.user, uid: place.uid, gid: place.gid,
            costPerHour: place.costPerHour, account: try cloud.identity().account)
        return TransferLease(
            client: cloud.client, settings: settings,
            journal: LeaseJournal(session: session, environment: environment),
            folder: context.absolute("\(context.environmentFolder)/transfer"),
            cancel: session.cancellation, resolve: TransferAddress.chosen,
            confirm: { try cloud.lease?.confirm() }, note: { session.emit(.note($0)) })
    }

    init(
        _ context: ShippingContext, _ cloud: Cloud, _ place: TransferConfig, _ session: RunSession
    ) throws {
        lease = try Self.lease(context, cloud, place, session)
        let connection = try lease.open()
        var client = ClientSettings(
            SSHTarget(
                host: connection.host, port: connection.port, user: connection.user,
                identity: connection.identity, knownHosts: connection.knownHosts))
        client.connections = place.connections
        client.sessions = place.sessions
        client.bandwidth = place.bandwidth
        client.absence = lease.absence
        // Each server is another one, and all of them are of one kind.
        memory = ServerMemory("transfer:\(place.fileSystem)")
        client.use(memory)
        client.cancel = session.cancellation
        self.client = SFTPClient(client)
        isDurable = place.isDurable
        self.session = session
    }

    func route(_ folder: String) -> any Transport {
        SFTPTransport(client: client, root: "/" + folder, isDurable: isDurable)
    }

    func isGone() -> Bool { lease.absence() != nil }

    func close() throws {
        client.close()
        memory.tell("the Transfer server", session)
        try lease.close()
    }
}

extension TransferAddress {
    /// The real address, or where tests name a service that tells them, that service's.
    static let chosen: TransferResolver = { server, region in
        guard let service = Environment.value("PIPELINE_TEST_TRANSFER_ADDRESSES") else {
            return standard(server, region)
        }
        struct Answer: Decodable {
            let host: String
            let port: Int
        }
        let request = HTTPRequest(.get, "\(service)/\(server)")
        let answer = try? HTTPClient().send(request)  // try?: the one who asks, asks again
        guard let answer, answer.status == 200,
            let found = try? JSONDecoder().decode(  // try?: no address yet
                Answer.self, from: Data(answer.body))
        else { return nil }
        return (found.host, found.port)
    }
}

/// Servers in the ledger.
struct LeaseJournal: TransferJournal {
    let session: RunSession
    let environment: String

    func will(token: String, costPerHour: Double) throws -> Int64 {
        try session.writer.beginLease(
            environment: environment, kind: .transferServer, token: token,
            costPerHour: costPerHour, run: session.run, at: Timestamp.now())
    }

    func made(_ lease: Int64, server: String) throws {
        try session.writer.nameLease(lease, resource: server)
    }

    func ended(_ lease: Int64) throws {
        try session.writer.endLease(lease, at: Timestamp.now())
    }

    func open() throws -> [TransferRecord] {
        try session.reader.openLeases(environment: environment)
            .filter { $0.kind == .transferServer }
            .map { TransferRecord(lease: $0.id, token: $0.token, server: $0.resource) }
    }
}
