import AWS
import PipelineLedger
import PipelineModel
import Posix
import Slots
import TransportProviders

/// A file system behind a bucket and an instance that mounts it.
final class BucketConnection: TransportConnection {
    private let instance: ManagementInstance
    private let host: DataHost
    private let objects: TemporaryObjects

    init(_ request: AccessRequest) throws {
        let options = request.options
        let names = try BucketNames.find(options, request.client, request.account)
        instance = try Self.instance(names.instance, request)
        let prefix = "pipeline/\(request.environment)/tmp/\(RandomID.uuid())/"
        objects = TemporaryObjects(request, names.bucket)
        // Written down before the first object is made.
        try objects.begin(prefix)
        do {
            try instance.open()
            let runner = try SSMRunner(
                client: request.client, instance: names.instance, bucket: names.bucket,
                prefix: prefix, scratch: "\(request.folder)/bucket", cancel: request.cancel)
            host = DataHost(
                runner, root: Self.folder(options), owner: options.owner,
                fileSystem: (
                    options.fileSystem ?? "", options.text("bucket.mount"),
                    request.client.settings.region
                ),
                fence: request.lock.fence.map {
                    JobFence(number: $0.number, site: $0.site, key: $0.key)
                }, confirm: request.lock.confirm)
        } catch {
            // The first failure is what a person must know; what cannot be taken away now is said as well.
            for clearing in [objects.clear, instance.close] {
                do { try clearing() } catch let left { request.note("\(left)") }
            }
            throw error
        }
    }

    /// The folder that holds the slots, as the instance sees it.
    static func folder(_ options: TransportOptions) -> String {
        "\(options.text("bucket.mount"))/\(options.root)"
    }

    private static func instance(
        _ id: String, _ request: AccessRequest
    ) throws -> ManagementInstance {
        let instance = try ManagementInstance(
            id, client: request.client, journal: InstanceLeases(leases: request.leases),
            cancel: request.cancel, note: request.note)
        instance.isNeeded = {
            if let name = request.lock.holder() {
                return "\(name) holds the environment now and may use it"
            }
            do { return try request.isShellOpen() ? "a shell is open on it" : nil } catch {
                return "unknown whether a shell is open on it: \(error)"
            }
        }
        return instance
    }

    func transport(_ folder: String) -> any Transport { host.route(folder) }

    func markers(of folders: [String]) throws -> [OwnFile<SlotMarker>]? {
        try BucketTransport.markers(of: folders.map(host.route))
    }

    func close() throws {
        // Both, whatever becomes of the first.
        let cleared = Result { try objects.clear() }
        try instance.close()
        try cleared.get()
    }

    /// What a killed run has left of both.
    static func sweep(_ request: AccessRequest) throws {
        let names = try BucketNames.find(request.options, request.client, request.account)
        // What a killed run has sent to the instance may still write objects until that is stopped.
        try instance(names.instance, request).sweep()
        try TemporaryObjects(request, names.bucket).sweep()
    }
}

/// Bucket and instance by the outputs of a stack, or as they are named.
struct BucketNames {
    let bucket: String
    let instance: String

    /// - Parameter account: throws where the account is not the environment's.
    static func find(
        _ options: TransportOptions, _ client: AWSClient, _ account: () throws -> String
    ) throws -> BucketNames {
        _ = try account()
        let names = (
            bucket: options.text("bucket.bucket"), instance: options.text("bucket.instance")
        )
        guard let stack = options["bucket.stack"] else {
            return BucketNames(bucket: names.bucket, instance: names.instance)
        }
        let outputs = try client.stackOutputs(stack)
        func output(_ name: String) throws -> String {
            guard let found = outputs.first(where: { $0.outputKey == name }) else {
                throw JobError.noOutput(stack: stack, name: name, known: outputs.map(\.outputKey))
            }
            return found.outputValue
        }
        return BucketNames(bucket: try output(names.bucket), instance: try output(names.instance))
    }
}

/// Objects on their way, which are billed while they are there.
private final class TemporaryObjects {
    private let client: AWSClient
    private let bucket: String
    private let leases: any LeaseBook
    private var lease: (id: Int64, prefix: String)?

    init(_ request: AccessRequest, _ bucket: String) {
        client = request.client
        leases = request.leases
        self.bucket = bucket
    }

    func begin(_ prefix: String) throws {
        lease = (
            try leases.begin(.objects, token: prefix, resource: bucket, costPerHour: nil), prefix
        )
    }

    func clear() throws {
        guard let lease else { return }
        try SSMRunner.clear(client, bucket: bucket, prefix: lease.prefix)
        try leases.end(lease.id)
        self.lease = nil
    }

    func sweep() throws {
        for record in try leases.open(.objects) {
            lease = (record.id, record.token)
            try clear()
        }
    }
}

/// Instances in the ledger.
private struct InstanceLeases: InstanceJournal {
    let leases: any LeaseBook

    func willStart(_ instance: String) throws -> Int64 {
        // A token of its own each time: it may be started many times over the years.
        try leases.begin(
            .instance, token: RandomID.uuid(), resource: instance, costPerHour: nil)
    }

    func stopped(_ lease: Int64) throws { try leases.end(lease) }

    func open() throws -> [(lease: Int64, instance: String)] {
        try leases.open(.instance).map { ($0.id, $0.resource ?? "") }
    }
}
