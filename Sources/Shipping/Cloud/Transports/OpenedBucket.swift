import AWS
import DeployLocking
import FoundationEssentials
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import S3Relay
import Slots

/// A file system behind a bucket and an instance that mounts it.
final class OpenedBucket: EphemeralTransport {
    private let instance: ManagementInstance
    private let host: DataHost
    private let objects: TemporaryObjects

    init(
        _ context: ShippingContext, _ cloud: Cloud, _ place: BucketConfig, _ session: RunSession
    ) throws {
        let names = try BucketNames.find(place, cloud)
        instance = try Self.instance(names.instance, context, cloud, session)
        let prefix = "pipeline/\(context.environment.name)/tmp/\(UUID().uuidString)/"
        objects = TemporaryObjects(cloud.client, names.bucket, session, context.environment.name)
        // Written down before the first object is made.
        try objects.begin(prefix)
        do {
            try instance.open()
            let runner = try SSMRunner(
                client: cloud.client, instance: names.instance, bucket: names.bucket,
                prefix: prefix, scratch: context.absolute("\(context.environmentFolder)/bucket"),
                cancel: session.cancellation)
            host = DataHost(
                runner, root: "\(place.mount)/\(place.root)", owner: (place.uid, place.gid),
                fileSystem: (place.fileSystem, place.mount, cloud.place.region),
                fence: cloud.jobFence(), confirm: { try cloud.lease?.confirm() })
        } catch {
            // The first failure is what a person must know; what cannot be taken away now is said as well.
            for clearing in [objects.clear, instance.close] {
                do { try clearing() } catch let left { session.emit(.note("\(left)")) }
            }
            throw error
        }
    }

    static func instance(
        _ id: String, _ context: ShippingContext, _ cloud: Cloud, _ session: RunSession
    ) throws -> ManagementInstance {
        let instance = try ManagementInstance(
            id, client: cloud.client,
            journal: InstanceLedger(session: session, environment: context.environment.name),
            cancel: session.cancellation, note: { session.emit(.note($0)) })
        let shells = ShellLocks(context)
        instance.isNeeded = {
            if case .lost(let name, done: _)? = cloud.lease?.loss {
                return "\(name) holds the environment now and may use it"
            }
            do { return try shells.areHeld() ? "a shell is open on it" : nil } catch {
                return "unknown whether a shell is open on it: \(error)"
            }
        }
        return instance
    }

    func route(_ folder: String) -> any Transport { host.route(folder) }

    func close() throws {
        // Both, whatever becomes of the first.
        let cleared = Result { try objects.clear() }
        try instance.close()
        try cleared.get()
    }

    /// What a killed run has left of both.
    static func sweep(
        _ context: ShippingContext, _ cloud: Cloud, _ place: BucketConfig, _ session: RunSession
    ) throws {
        let names = try BucketNames.find(place, cloud)
        // What a killed run has sent to the instance may still write objects until that is stopped.
        try instance(names.instance, context, cloud, session).sweep()
        try TemporaryObjects(cloud.client, names.bucket, session, context.environment.name).sweep()
    }
}

/// Bucket and instance by the outputs of a stack, or as they are named.
struct BucketNames {
    let bucket: String
    let instance: String

    static func find(_ place: BucketConfig, _ cloud: Cloud) throws -> BucketNames {
        _ = try cloud.identity()
        guard let stack = place.stack else {
            return BucketNames(bucket: place.bucket, instance: place.instance)
        }
        let outputs = try cloud.client.stackOutputs(stack)
        func output(_ name: String) throws -> String {
            guard let found = outputs.first(where: { $0.outputKey == name }) else {
                throw JobError.noOutput(stack: stack, name: name, known: outputs.map(\.outputKey))
            }
            return found.outputValue
        }
        return BucketNames(
            bucket: try output(place.bucket), instance: try output(place.instance))
    }
}

/// Objects on their way, which cost while they are there.
private final class TemporaryObjects {
    private let client: AWSClient
    private let bucket: String
    private let session: RunSession
    private let environment: String
    private var lease: (id: Int64, prefix: String)?

    init(_ client: AWSClient, _ bucket: String, _ session: RunSession, _ environment: String) {
        self.client = client
        self.bucket = bucket
        self.session = session
        self.environment = environment
    }

    func begin(_ prefix: String) throws {
        lease = (
            try session.writer.beginLease(
                environment: environment, kind: .objects, token: prefix, resource: bucket,
                costPerHour: nil, run: session.run, at: Timestamp.now()), prefix
        )
    }

    func clear() throws {
        guard let lease else { return }
        try SSMRunner.clear(client, bucket: bucket, prefix: lease.prefix)
        try session.writer.endLease(lease.id, at: Timestamp.now())
        self.lease = nil
    }

    func sweep() throws {
        for record in try session.reader.openLeases(environment: environment)
        where record.kind == .objects {
            lease = (record.id, record.token)
            try clear()
        }
    }
}

/// Instances in the ledger.
private struct InstanceLedger: InstanceJournal {
    let session: RunSession
    let environment: String

    func willStart(_ instance: String) throws -> Int64 {
        // A token of its own each time: it may be started many times over the years.
        try session.writer.beginLease(
            environment: environment, kind: .instance, token: UUID().uuidString,
            resource: instance, costPerHour: nil, run: session.run, at: Timestamp.now())
    }

    func stopped(_ lease: Int64) throws {
        try session.writer.endLease(lease, at: Timestamp.now())
    }

    func open() throws -> [(lease: Int64, instance: String)] {
        try session.reader.openLeases(environment: environment)
            .filter { $0.kind == .instance }.map { ($0.id, $0.resource ?? "") }
    }
}
