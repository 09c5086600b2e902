import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Slots

/// Whether a sync would replace what a colleague sent later with what is older, in a place that no service guards.
struct NewerData {
    let context: ShippingContext

    /// What is newer, with its author and age; nil where the newest data of the place is this clone's own, the same,
    /// or older than what is here.
    func finding(_ wanted: Digest) throws -> String? {
        guard context.hasPlaceClaim, let (slot, marker) = try newest(), let sender = marker.sender,
            marker.manifest != wanted, try sender.clone != CloneIdentity.existing()
        else { return nil }
        switch GitHistory.order(sender.commit, GitCommit.current()) {
        case .before: return nil
        case .after: break
        case .same, .unknown:
            // What is not on record yet is made just now.
            guard let seen = try context.ledger?.firstSeen(manifest: wanted),
                seen <= sender.at * 1000
            else { return nil }
        }
        let age = Superseding.age(Timestamp.now().nanoseconds / 1_000_000_000 - sender.at)
        return
            "slot \(slot) holds data that \(sender.name) sent \(age) ago; what is here is older"
    }

    /// The slot that was filled last, by the clocks of those who did.
    private func newest() throws -> (slot: String, marker: SlotMarker)? {
        let names = context.places.names(try SlotStates(context: context).records())
        return try names.compactMap { name in
            try context.places.marker(name).map { (slot: name, marker: $0) }
        }.max { ($0.marker.sender?.at ?? 0) < ($1.marker.sender?.at ?? 0) }
    }
}

extension ShippingContext {
    /// Who sends data from here, for the marker of a slot; nil where a service guards the place and keeps this itself.
    func sender() throws -> SlotMarker.Sender? {
        guard hasPlaceClaim else { return nil }
        return SlotMarker.Sender(
            clone: try CloneIdentity.id(), name: Host.userName, commit: GitCommit.current(),
            at: Timestamp.now().nanoseconds / 1_000_000_000)
    }

    /// The note of a removal, which names it by a token of its own.
    func fillingNote() throws -> FillingNote {
        FillingNote(token: RandomID.uuid(), claim: claim, clone: try CloneIdentity.id())
    }
}
