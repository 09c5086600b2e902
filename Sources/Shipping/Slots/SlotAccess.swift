import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import S3Relay
import SFTP
import Slots

/// The slots of an environment: where they are, what they hold, and which must not be written.
///
/// What was asked of a slot is remembered for the length of a command, since each question may be a
/// journey to another continent.
final class SlotAccess {
    let project: Project
    let environment: EnvironmentDefinition
    private let cloud: Cloud?
    private let cancel: Cancellation?
    private var client: SFTPClient?
    private var memory: ServerMemory?
    private var markers: [String: OwnFile<SlotMarker>] = [:]

    init(
        _ project: Project, _ environment: EnvironmentDefinition, _ cloud: Cloud?,
        cancel: Cancellation? = nil
    ) {
        self.project = project
        self.environment = environment
        self.cloud = cloud
        self.cancel = cancel
        if case .sftp(let place) = environment.data.route {
            let user = place.user.map { "\($0)@" } ?? ""
            let memory = ServerMemory("\(user)\(place.host):\(place.port ?? 22)")
            var settings = ClientSettings(place)
            settings.cancel = cancel
            settings.use(memory)
            client = SFTPClient(settings)
            self.memory = memory
        } else {
            client = nil
        }
    }

    /// Remembers and tells what the client has found out about the server.
    func tellLimits(_ session: RunSession) {
        if case .sftp(let place) = environment.data.route { memory?.tell(place.host, session) }
    }

    /// The slots that there are; with a folder for each release those that the ledger remembers.
    func names(_ records: [SlotRecord]) -> [String] {
        switch environment.data.layout {
        case .slots: ["a", "b", "c"].prefix(environment.data.slots).map { $0 }
        case .inPlace: ["in-place"]
        case .full: records.filter { $0.state != .empty }.map(\.name)
        }
    }

    /// With a folder for each release, the one that becomes it once it is whole.
    static let unfinished = ".pipeline-new"

    /// Where the route finds a slot: for a folder of this machine relative to the project.
    func folder(_ slot: String) -> String { folder(slot, below: environment.data.route.root) }

    /// Where this machine sees a slot.
    func mounted(_ slot: String) -> String {
        folder(slot, below: environment.data.mounted ?? environment.data.route.root)
    }

    private func inRoot(_ slot: String) -> String {
        environment.data.layout == .inPlace ? "" : slot
    }

    private func folder(_ slot: String, below root: String) -> String {
        environment.data.layout == .inPlace ? root : "\(root)/\(slot)"
    }

    /// Whether the slots can be looked at. Where looking costs, it is not done only to learn that there is
    /// nothing to do: then what the operators have recorded counts, until somebody writes.
    var usesRecordedState: Bool { environment.data.route.isCostly && cloud?.opened == nil }

    func route(_ slot: String) -> any Transport {
        if let opened = cloud?.opened { return opened.route(inRoot(slot)) }
        // Nobody asks for it before it was opened; if it is asked for, it must not be taken for a folder here.
        if environment.data.route.isCostly { return UnavailableTransport(environment.name) }
        if let provided = provided(folder(slot)) { return provided }
        guard let client, case .sftp(let place) = environment.data.route else {
            // The root of a place may be a link; a slot that is one leads elsewhere.
            return DirectoryTransport(
                root: folder(slot), followsRoot: environment.data.layout == .inPlace)
        }
        return SFTPTransport(client: client, root: folder(slot), isDurable: place.isDurable)
    }

    /// A folder reached by a provider's transport; nil where the environment has another one.
    private func provided(_ folder: String) -> (any Transport)? {
        guard case .provided(let options) = environment.data.route else { return nil }
        return Registry.transport(options)?.make(
            .init(options: options, folder: folder, cancel: cancel))
    }

    /// The folder that holds the slots, as a route of its own.
    var rootTransport: any Transport {
        if let opened = cloud?.opened { return opened.route("") }
        if environment.data.route.isCostly { return UnavailableTransport(environment.name) }
        let root = environment.data.route.root
        if let provided = provided(root) { return provided }
        guard let client else { return DirectoryTransport(root: root) }
        return SFTPTransport(client: client, root: root)
    }

    /// How many requests went to a server so far; nil for a folder of this machine.
    var requests: Int? { client?.requests }

    /// What the marker of a slot says; nil where it has none that can be read.
    func marker(_ slot: String) throws -> SlotMarker? {
        if case .present(let marker) = try markerFile(slot) { return marker }
        return nil
    }

    /// The marker of a slot, and whether there is one that cannot be read.
    func markerFile(_ slot: String) throws -> OwnFile<SlotMarker> {
        if let known = markers[slot] { return known }
        if usesRecordedState { return .absent }
        let marker = try route(slot).markerFile()
        markers[slot] = marker
        return marker
    }

    /// Which place this is, for the ledger: what is known of slots belongs to it.
    var identity: String {
        func trimmed(_ root: String) -> String {
            let parts = root.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
            return root.hasPrefix("/") ? "/" + parts : parts
        }
        switch environment.data.route {
        case .directory(let root): return "directory:\(trimmed(root))"
        case .sftp(let place):
            let user = place.user.map { "\($0)@" } ?? ""
            let port = place.port.map { ":\($0)" } ?? ""
            return "sftp:\(user)\(place.host)\(port):\(trimmed(place.root))"
        case .provided(let options):
            return Registry.transport(options)?.identity(options) ?? options.transport
        case .transfer, .bucket:
            let system = environment.data.fileSystem ?? "?"
            return "efs:\(system):/\(trimmed(environment.data.route.root).drop { $0 == "/" })"
        }
    }

    /// Asks several slots at once.
    func loadMarkers(_ slots: [String]) throws {
        if usesRecordedState { return }
        let unknown = slots.filter { markers[$0] == nil }
        let buckets = unknown.compactMap { route($0) as? BucketTransport }
        if buckets.count == unknown.count {
            for (slot, marker) in zip(unknown, try BucketTransport.markers(of: buckets)) {
                markers[slot] = marker
            }
            return
        }
        let routes = unknown.compactMap { route($0) as? SFTPTransport }
        guard routes.count == unknown.count else { return }
        for (slot, marker) in zip(unknown, try SFTPTransport.markers(of: routes)) {
            markers[slot] = marker
        }
    }

    /// Begins to connect, and does not wait: there is work to do here meanwhile.
    func connect(bytes: Int64 = 0, files: Int = 0) throws {
        if usesRecordedState { return }
        try rootTransport.prepare(bytes: bytes, files: files)
    }

    /// Something was written to the slot.
    func forget(_ slot: String) { markers[slot] = nil }

    func forgetAll() { markers = [:] }

    /// Whether a marker is this environment's; that of a version that did not write whose it is may be.
    func isOwn(_ marker: SlotMarker) -> Bool {
        (marker.environment.isEmpty && marker.project.isEmpty)
            || (marker.environment == environment.name
                && marker.project == project.definition.project)
    }

    /// What a slot holds, where its marker and the ledger agree.
    ///
    /// A marker is written last, so it is true also where the tool was killed before the ledger knew,
    /// or after the ledger knew of a filling that had not begun. One that the ledger cannot explain says
    /// that somebody else has written there.
    func holds(_ slot: String, by records: [SlotRecord]) throws -> Digest? {
        let record = records.first { $0.name == slot }
        if usesRecordedState { return record?.state == .complete ? record?.manifest : nil }
        guard let record, record.state != .empty,
            let marker = try marker(slot), isOwn(marker)
        else { return nil }
        let generation = Int64(marker.generation)
        if generation == record.generation {
            return marker.manifest == record.manifest ? marker.manifest : nil
        }
        return record.state == .writing && generation < record.generation ? marker.manifest : nil
    }
}

extension ClientSettings {
    init(_ place: SFTPConfig) {
        self.init(
            SSHTarget(
                host: place.host, port: place.port, user: place.user, identity: place.identity,
                knownHosts: place.knownHosts))
        connections = place.connections
        sessions = place.sessions
        bandwidth = place.bandwidth
    }
}
