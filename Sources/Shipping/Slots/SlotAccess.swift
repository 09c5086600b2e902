import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Processes
import Slots
import TransportProviders

/// The slots of an environment: where they are, what they hold, and which must not be written.
///
/// What was asked of a slot is remembered for the length of a command, since each question may be a
/// journey to another continent.
final class SlotAccess {
    let project: Project
    let environment: EnvironmentDefinition
    private let cloud: Cloud?
    /// nil where the place is reached by what is made for a command.
    private let connection: (any TransportConnection)?
    private var markers: [String: OwnFile<SlotMarker>] = [:]

    init(
        _ project: Project, _ environment: EnvironmentDefinition, _ cloud: Cloud?,
        cancel: Cancellation? = nil
    ) {
        self.project = project
        self.environment = environment
        self.cloud = cloud
        connection =
            switch environment.data.provider.access {
            case .lasting(let connect):
                connect(.init(options: environment.data.route, cancel: cancel))
            case .temporary: nil
            }
    }

    /// Remembers and reports what was found out about the server.
    func keepFindings(_ session: RunSession) {
        connection?.keepFindings { session.emit(.note($0)) }
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
    var usesRecordedState: Bool { opened == nil }

    private var opened: (any TransportConnection)? { cloud?.opened ?? connection }

    func route(_ slot: String) -> any Transport { transport(inRoot(slot)) }

    /// The folder that holds the slots, as a route of its own.
    var rootTransport: any Transport { transport("") }

    private func transport(_ folder: String) -> any Transport {
        // Nobody asks for it before it was opened; if it is asked for, it must not be taken for a folder here.
        opened?.transport(folder) ?? UnavailableTransport(environment.name)
    }

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
    var identity: String { environment.data.provider.identity(environment.data.route) }

    /// Asks several slots at once.
    func loadMarkers(_ slots: [String]) throws {
        let unknown = slots.filter { markers[$0] == nil }
        guard let found = try opened?.markers(of: unknown.map(inRoot)) else { return }
        for (slot, marker) in zip(unknown, found) { markers[slot] = marker }
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
