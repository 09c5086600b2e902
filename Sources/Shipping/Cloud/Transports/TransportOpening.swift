import AWS
import DeployLocking
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import TransportProviders

extension RunContext {
    /// Makes the connection to the data where it exists only while it is needed, once in a command.
    func openRoute() throws {
        guard let cloud, cloud.opened == nil, let access = environment.data.provider.temporary
        else { return }
        // What was seen of slots before is looked at again.
        places.forgetAll()
        try cloud.confirmCredentials(minutes: 10)
        cloud.opened = try access.open(accessRequest(cloud))
    }

    /// Takes away what a killed run has left and what costs; nothing where the ledger knows of none.
    func clearLeftovers(_ options: LeaseOptions) throws {
        guard let cloud, cloud.opened == nil,
            let open = try ledger?.openLeases(environment: environment.name), !open.isEmpty
        else { return }
        session.emit(.note("a run before this one has left what costs; taking it away"))
        try sweep(options)
    }

    /// Takes away what costs and carries this environment's marks, on record here or not.
    func sweep(_ options: LeaseOptions) throws {
        guard let cloud else { return }
        try cloud.hold(session, reason: "clearing up", options: options)
        try environment.data.provider.temporary?.sweep(accessRequest(cloud))
    }

    func accessRequest(_ cloud: Cloud) -> AccessRequest {
        let (session, shells) = (session, ShellLocks(environmentFolder))
        return AccessRequest(
            options: environment.data.route, project: project.definition.project,
            environment: environment.name, site: cloud.site.prefix, client: cloud.client,
            account: { try cloud.identity().account }, folder: absolute(environmentFolder),
            leases: SessionLeases(session: session, environment: environment.name),
            lock: .init(
                confirm: { try cloud.lease?.confirm() },
                holder: {
                    if case .lost(let name, done: _)? = cloud.lease?.loss { name } else { nil }
                }, fence: cloud.fence()),
            isShellOpen: { try shells.areHeld() }, cancel: session.cancellation,
            note: { session.emit(.note($0)) })
    }
}

/// Billed things of a run in the ledger.
struct SessionLeases: LeaseBook {
    let session: RunSession
    let environment: String

    func begin(
        _ kind: LeaseRecord.Kind, token: String, resource: String?, costPerHour: Double?
    ) throws -> Int64 {
        try session.writer.beginLease(
            environment: environment, kind: kind, token: token, resource: resource,
            costPerHour: costPerHour, run: session.run, at: Timestamp.now())
    }

    func name(_ lease: Int64, resource: String) throws {
        try session.writer.nameLease(lease, resource: resource)
    }

    func end(_ lease: Int64) throws { try session.writer.endLease(lease, at: Timestamp.now()) }

    func open(_ kind: LeaseRecord.Kind) throws -> [LeaseRecord] {
        try session.reader.openLeases(environment: environment).filter { $0.kind == kind }
    }
}
