import DeployLocking
import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Slots

/// The slots as the planner sees them.
struct SlotStates {
    let context: ShippingContext

    private var places: SlotAccess { context.places }

    /// What is on record of the slots. Where several operators fill them that is the record that they
    /// share: another's filling is in no ledger here.
    func records() throws -> [SlotRecord] {
        if let cloud = context.cloud {
            return try cloud.recordedSlots().map { name, slot in
                let manifest = slot.manifest.flatMap { Digest(hex: $0) }
                return SlotRecord(
                    name, manifest: manifest, generation: Int64(slot.generation),
                    state: manifest == nil ? .writing : .complete)
            }.sorted { $0.name < $1.name }
        }
        // What is known of another place says nothing of this one. Without a ledger nothing is known.
        return try context.ledger?.slots(environment: context.environment.name)
            .filter { $0.place == nil || $0.place == places.identity } ?? []
    }

    /// A slot whose marker is this environment's and names a manifest though no record does: another clone filled it,
    /// or a ledger was brought back from a copy. What it holds is to be checked before it is believed.
    func slot(marked manifest: Digest) throws -> (name: String, marker: SlotMarker)? {
        if places.usesRecordedState { return nil }
        let records = try records()
        var names = places.names(records)
        let own = manifest.short
        if context.environment.data.layout == .full, !names.contains(own) { names.append(own) }
        for name in names {
            guard let marker = try places.marker(name), marker.manifest == manifest,
                places.isOwn(marker), !marker.project.isEmpty,
                try places.holds(name, by: records) == nil
            else { continue }
            return (name, marker)
        }
        return nil
    }

    /// The slot that the ledger says holds a manifest, if the slot reports it too. It alone is asked: the
    /// usual case, in which there is nothing to do, costs one journey.
    func slot(holding manifest: Digest) throws -> String? {
        let records = try records()
        for record in records
        where record.manifest == manifest && places.names(records).contains(record.name) {
            if try places.holds(record.name, by: records) == manifest { return record.name }
        }
        return nil
    }

    /// What a slot holds, where its marker and the ledger agree.
    func holds(_ slot: String) throws -> Digest? { try places.holds(slot, by: try records()) }

    /// All slots. Protected are that of the live release and, with a slot to spare, that of the release
    /// to fall back to.
    func all() throws -> [SlotState] {
        let use = try use()
        let records = try records()
        // Long lists are read while the connection is still being made.
        for record in records { _ = try record.manifest.flatMap { try context.storedManifest($0) } }
        try places.loadMarkers(records.filter { $0.state != .empty }.map(\.name))
        return try places.names(records).map { name in
            let held = try places.holds(name, by: records)
            let manifest = try held.flatMap { try context.storedManifest($0) }
            return SlotState(
                name: name, holds: manifest == nil ? nil : held,
                content: manifest.map { SlotContent($0) } ?? SlotContent(),
                protection: try protection(name, use))
        }
    }

    /// Has the route open what it will need, by what the ledger says of the slots: that is known while the
    /// first connection is still being made.
    func prefetch(_ manifest: DataManifest) throws {
        var held: Set<Digest> = []
        for record in try records() {
            for entry in try record.manifest.flatMap({ try context.storedManifest($0) })?.entries
                ?? []
            {
                held.insert(entry.digest)
            }
        }
        let added = manifest.entries.filter { !held.contains($0.digest) }
        try places.connect(bytes: added.reduce(0) { $0 + $1.size }, files: added.count)
    }

    /// The slot for a manifest: one that holds it, else the best one to fill. With a folder for each
    /// release that is a new one.
    func choose(_ manifest: DataManifest) throws -> SlotChoice {
        let states = try named(manifest, try all())
        guard context.environment.data.layout == .full else {
            return try SlotPlanner.choose(for: manifest, among: states)
        }
        if let slot = states.first(where: { $0.holds == manifest.digest }) {
            return .holds(slot: slot.name)
        }
        return .fill(
            slot: manifest.digest.short, SlotDifference(from: SlotContent(), to: manifest))
    }

    /// A slot that the ledger does not know (a new clone, a ledger from a backup) and whose marker names
    /// just this manifest is the one to fill: nothing needs to be sent.
    private func named(_ manifest: DataManifest, _ states: [SlotState]) throws -> [SlotState] {
        if places.usesRecordedState { return states }
        let unknown = states.filter { $0.holds == nil }.map(\.name)
        try places.loadMarkers(unknown)
        return try states.map { state in
            guard state.holds == nil, let marker = try places.marker(state.name),
                marker.manifest == manifest.digest,
                marker.project == context.project.definition.project,
                marker.environment == context.environment.name
            else { return state }
            var state = state
            state.content = SlotContent(manifest)
            return state
        }
    }

    /// Folders of releases that are more than are to be kept, the oldest first; never that of the live
    /// release, of the one to fall back to, or the one that the place itself names as live: another clone may have made
    /// it so.
    func surplus() throws -> [String] {
        guard context.environment.data.layout == .full else { return [] }
        let history = try context.timeline()
        var needed = Set([history.live?.slot, history.fallback?.slot].compactMap { $0 })
        if case .folder(let live) = try context.folderTarget()?.live() { needed.insert(live) }
        let kept = try records().filter { $0.state != .empty }.sorted {
            $0.generation > $1.generation
        }
        return kept.dropFirst(context.environment.data.slots).map(\.name)
            .filter { !needed.contains($0) }.reversed()
    }

    /// What slots are used for: the deployments that run from one, and the one that a rollback brings back.
    private func use() throws -> (live: [DeploymentRecord], fallback: DeploymentRecord?) {
        let history = try context.timeline()
        let live = history.live.map { [$0] } ?? []
        guard case .site = context.target.deployment else { return (live, history.fallback) }
        // Each clone starts a site of its own, and what lies in its own state is no other's.
        let own = DeploymentTimeline(history.entries.map(\.deployment).filter { !$0.isOthers })
        let ownLive = own.live.map { [$0] } ?? []
        return context.isRootOwn ? (ownLive, own.fallback) : (live + ownLive, history.fallback)
    }

    private func protection(
        _ slot: String, _ use: (live: [DeploymentRecord], fallback: DeploymentRecord?)
    ) throws -> String? {
        // There is but one, and the site runs from it: that is what was asked for.
        guard context.environment.data.layout == .slots else { return nil }
        // Several operators change it, so this project's ledger does not know what runs there.
        if let cloud = context.cloud { return try cloud.use(of: slot) }
        if let live = use.live.first(where: { $0.slot == slot }) {
            return "release \(live.release) is live and runs from it"
        }
        if context.environment.data.slots > 2, let fallback = use.fallback,
            fallback.slot == slot
        {
            return "release \(fallback.release) is what a rollback brings back"
        }
        return nil
    }
}
