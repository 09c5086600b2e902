import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Slots

/// The slots of an environment: where they are, what they hold, and which must not be written.
struct SlotPlaces {
    let context: ShippingContext

    var names: [String] {
        ["a", "b", "c"].prefix(context.environment.data.slots).map { $0 }
    }

    /// The folder of a slot, relative to the project.
    func folder(_ slot: String) -> String {
        switch context.environment.data.route {
        case .directory(let root): "\(root)/\(slot)"
        }
    }

    func route(_ slot: String) -> any Route {
        DirectoryRoute(root: folder(slot))
    }

    /// What a slot holds, where its marker and the ledger agree: a marker of another generation means
    /// that somebody else has written there.
    func holds(_ slot: String) throws -> Digest? {
        guard let marker = try route(slot).marker() else { return nil }
        let record = try context.ledger?.slots(environment: context.environment.name)
            .first { $0.name == slot }
        guard let record, record.state == .complete, record.manifest == marker.manifest,
            record.generation == Int64(marker.generation),
            marker.environment == context.environment.name
        else { return nil }
        return marker.manifest
    }

    /// The slots as the planner sees them. Protected are that of the live release and, with a slot to
    /// spare, that of the release to fall back to.
    func states() throws -> [SlotState] {
        let history = try context.timeline()
        return try names.map { name in
            let held = try holds(name)
            let content = try held.map { SlotContent(try DataRelease(context: context).stored($0)) }
            return SlotState(
                name: name, holds: held, content: content ?? SlotContent(),
                protection: protection(name, history))
        }
    }

    private func protection(_ slot: String, _ history: DeploymentTimeline) -> String? {
        if let live = history.live, live.slot == slot {
            return "release \(live.release) is live and runs from it"
        }
        if names.count > 2, let fallback = history.fallback, fallback.slot == slot {
            return "release \(fallback.release) is what a rollback brings back"
        }
        return nil
    }
}
