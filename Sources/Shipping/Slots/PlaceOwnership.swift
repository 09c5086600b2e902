import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots
import TransportProviders

/// Whether a place, and a slot in it, is this environment's to write.
///
/// It is when it carries the claim itself: by the claim at its root, by a slot's marker, or by the note of a filling that goes
/// on. A place that is empty is made this environment's by its first filling. Anything else is somebody's own.
struct PlaceOwnership {
    let context: ShippingContext

    private var environment: EnvironmentDefinition { context.environment }
    private var places: SlotAccess { context.places }
    private var own: PlaceClaim { context.claim }

    /// Throws where the slot must not be written; changes nothing.
    ///
    /// - Throws: `PlaceError`, and why something could not be looked at.
    func check(_ slot: String) throws {
        // Where looking costs, it is looked at by the run that has opened the connection.
        if places.usesRecordedState { return }
        try PlaceSafety(context: context).check()
        let isClaimed = try checkRoot()
        try checkSlot(slot, isClaimed: isClaimed)
    }

    /// Throws where no slot of the place may be written, as far as can be determined before one was chosen.
    func checkPlace() throws {
        if places.usesRecordedState { return }
        if environment.data.layout == .inPlace { return try check("in-place") }
        try PlaceSafety(context: context).check()
        _ = try checkRoot()
    }

    /// Whether the place says that it is this environment's.
    private func checkRoot() throws -> Bool {
        guard context.hasPlaceClaim else { return true }
        let file = "\(environment.data.route.root)/\(PlaceClaim.fileName)"
        switch OwnFile<PlaceClaim>(claim: try places.rootTransport.readOwn(PlaceClaim.fileName)) {
        case .present(own): return true
        case .unknown(let reason): throw PlaceError.unreadable(file: file, reason: reason)
        case .present(let other):
            if context.adopts { return false }
            throw PlaceError.others(folder: environment.data.route.root, other, own: own)
        case .absent: break
        }
        guard try places.rootTransport.entries(of: nil) != nil || context.isRootOwn else {
            throw PlaceError.missing(
                root: environment.data.route.root, environment: environment.name)
        }
        if context.adopts { return false }
        // Folders that the environment's file names as caches beside the slots are no other's.
        let sample = try sample(places.rootTransport, except: environment.reload?.drop ?? [])
        if sample.files == 0 {
            let filled = try SlotStates(context: context).records().filter {
                $0.state == .complete && $0.place == places.identity
            }.map(\.name)
            // What lies in the project's own state is the tool's to lose, and to make again.
            guard filled.isEmpty || context.isRootOwn else {
                throw PlaceError.empty(root: environment.data.route.root, slots: filled)
            }
            return false
        }
        // Slots that were filled before places had a claim.
        for slot in places.names(try SlotStates(context: context).records()) {
            if try saysOwn(slot) == true { return false }
        }
        if environment.data.layout == .inPlace { return false }
        throw PlaceError.foreign(folder: environment.data.route.root, sample, claim: own)
    }

    private func checkSlot(_ slot: String, isClaimed: Bool) throws {
        let folder = places.folder(slot)
        if case .unknown(let reason) = try places.markerFile(slot) {
            throw PlaceError.unreadable(file: "\(folder)/\(SlotMarker.fileName)", reason: reason)
        }
        if context.adopts { return }
        if let other = try another(slot) {
            throw PlaceError.others(folder: folder, other, own: own)
        }
        if try saysOwn(slot) == true { return }
        let sample = try sample(places.route(slot))
        guard sample.files > 0 else { return }
        // Its marker was removed by hand, in a place that is this environment's.
        let records = try SlotStates(context: context).records()
        if isClaimed, records.contains(where: { $0.name == slot && $0.state != .empty }) { return }
        throw PlaceError.foreign(folder: folder, sample, claim: own)
    }

    /// Whose the slot says that it is, where that is another's.
    private func another(_ slot: String) throws -> PlaceClaim? {
        if case .present(let marker) = try places.markerFile(slot) {
            guard !marker.project.isEmpty || !marker.environment.isEmpty else { return nil }
            let claim = PlaceClaim(project: marker.project, environment: marker.environment)
            return claim == own ? nil : claim
        }
        guard let claim = try places.route(slot).fillingNote()?.claim else { return nil }
        return claim == own ? nil : claim
    }

    /// Whether the slot says that it is this environment's; nil where it says nothing.
    private func saysOwn(_ slot: String) throws -> Bool? {
        if case .present(let marker) = try places.markerFile(slot) {
            if marker.project.isEmpty, marker.environment.isEmpty {
                // Of a version that did not write them: the ledger decides.
                return try SlotStates(context: context).records().contains {
                    $0.name == slot && $0.manifest == marker.manifest
                        && $0.generation == Int64(marker.generation)
                }
            }
            return marker.project == own.project && marker.environment == own.environment
        }
        guard let note = try places.route(slot).fillingNote() else { return nil }
        if let claim = note.claim { return claim == own }
        // Of an older version: this clone's own journal knows its token.
        let journal = SlotJournal(path: "\(context.environmentFolder)/filling-\(slot)")
        return try journal.load()?.token == note.token
    }

    private static let mostCounted = 10_000
    private static let mostExamples = 5

    /// What lies in a folder, beside the tool's own files, at any depth and up to a number.
    private func sample(
        _ route: any Transport, except folders: [String] = []
    ) throws -> ContentSample {
        var sample = ContentSample()
        var waiting: [RelativePath?] = [nil]
        while let folder = waiting.popLast() {
            for entry in try route.entries(of: folder) ?? [] {  // ?? []: it is gone by now
                if SlotNames.isOwn(entry.name) || SlotNames.isAside(entry.name) { continue }
                let name = folder.map { "\($0)/\(entry.name)" } ?? entry.name
                if entry.kind == .folder, folders.contains(name) { continue }
                if entry.kind == .folder,
                    let path = try? RelativePath(name)  // try?: counted as what it is
                {
                    waiting.append(path)
                    continue
                }
                guard sample.files < Self.mostCounted else {
                    sample.isMore = true
                    return sample
                }
                sample.files += 1
                if sample.examples.count < Self.mostExamples { sample.examples.append(name) }
            }
        }
        return sample
    }

    /// Whether a slot that is to be removed holds what was recorded of it and nothing else: what a person put there
    /// stays, and so does the slot.
    func isUnaltered(_ slot: String, _ session: RunSession) throws -> Bool {
        func spared(_ why: String) -> Bool {
            session.emit(.note("slot \(slot) is not kept any more, and stays: \(why)"))
            return false
        }
        let states = SlotStates(context: context)
        if let note = try places.route(slot).fillingNote() {
            // Its removal was cut off.
            return note.claim == own ? true : spared("another filling goes on in it")
        }
        guard let held = try states.holds(slot) else {
            return spared("its marker is not this ledger's")
        }
        guard let manifest = try context.storedManifest(held) else {
            return spared("the list of what it should hold is not in the store")
        }
        let paths = Set(manifest.entries.map(\.path))
        let listing = try places.route(slot).list(
            expecting: ListingHint(), isInterrupted: { session.cancellation.isCancelled })
        let more = listing.entries.first { $0.kind != .folder && !paths.contains($0.path) }
        if let more = more?.path.text ?? listing.foreign.first?.text {
            return spared("it holds \"\(more)\", which no sync put there")
        }
        return true
    }

    /// Makes the place this environment's, before anything else is written there.
    func claim() throws {
        guard context.hasPlaceClaim else { return }
        let route = places.rootTransport
        let bytes = try route.readOwn(PlaceClaim.fileName)
        if OwnFile<PlaceClaim>(claim: bytes) == .present(own) { return }
        try route.writeOwn(PlaceClaim.fileName, own.encoded)
    }
}

extension ShippingContext {
    /// Whose a place is that this environment fills.
    var claim: PlaceClaim {
        PlaceClaim(project: project.definition.project, environment: environment.name)
    }

    /// Whether the place keeps claim and lock itself: no service guards it.
    var hasPlaceClaim: Bool { environment.data.provider.temporary == nil }

    /// Whether the root lies in the project's own state, where the tool may make it.
    var isRootOwn: Bool {
        guard environment.data.provider.isLocal else { return false }
        let root = environment.data.route.root
        let parts = root.split(separator: "/").drop { $0 == "." }
        return !root.hasPrefix("/") && parts.first == ".pipeline" && parts.count > 1
            && !parts.contains("..")
    }
}
