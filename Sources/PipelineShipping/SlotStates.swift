import Digests
import PipelineLedger
import PipelineModel
import Slots

/// The slots as the planner sees them.
struct SlotStates {
    let context: ShippingContext

    private var places: SlotPlaces { context.places }

    func records() throws -> [SlotRecord] {
        try context.ledger?.slots(environment: context.environment.name) ?? []
    }

    /// The slot that the ledger says holds a manifest, if the slot says so too. It alone is asked: the
    /// usual case, in which nothing is to be done, costs one journey.
    func slot(holding manifest: Digest) throws -> String? {
        let records = try records()
        for record in records
        where record.manifest == manifest && places.names.contains(record.name) {
            if try places.holds(record.name, by: records) == manifest { return record.name }
        }
        return nil
    }

    /// What a slot holds, where its marker and the ledger agree.
    func holds(_ slot: String) throws -> Digest? { try places.holds(slot, by: try records()) }

    /// All slots. Protected are that of the live release and, with a slot to spare, that of the release
    /// to fall back to.
    func all() throws -> [SlotState] {
        let history = try context.timeline()
        let records = try records()
        // Long lists are read while the connection is still being made.
        for record in records { _ = try record.manifest.flatMap { try context.storedManifest($0) } }
        try places.loadMarkers(records.filter { $0.state != .empty }.map(\.name))
        return try places.names.map { name in
            let held = try places.holds(name, by: records)
            let manifest = try held.flatMap { try context.storedManifest($0) }
            return SlotState(
                name: name, holds: manifest == nil ? nil : held,
                content: manifest.map { SlotContent($0) } ?? SlotContent(),
                protection: protection(name, history))
        }
    }

    private func protection(_ slot: String, _ history: DeploymentTimeline) -> String? {
        // There is but one, and the site runs from it: that is what was asked for.
        guard context.environment.data.layout == .slots else { return nil }
        if let live = history.live, live.slot == slot {
            return "release \(live.release) is live and runs from it"
        }
        if places.names.count > 2, let fallback = history.fallback, fallback.slot == slot {
            return "release \(fallback.release) is what a rollback brings back"
        }
        return nil
    }
}
