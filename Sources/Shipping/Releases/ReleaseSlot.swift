import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Slots

/// The slot that holds the data of a release which is about to be live.
struct ReleaseSlot {
    let context: RunContext
    /// Of the place, where this run has it.
    var lock: PlaceLock?

    /// The slot that holds the release's data; a slot is filled from the store if none does.
    func holding(_ release: ReleaseRecord) throws -> String {
        if let slot = try SlotStates(context: context).slot(holding: release.manifest) {
            return slot
        }
        let data = DataRelease(context: context)
        let manifest = try data.stored(release.manifest)
        // One that another clone has filled is read back, and nothing is sent.
        if try SlotStates(context: context).slot(marked: release.manifest) == nil {
            context.session.emit(
                .note("no slot holds the data of release \(release.number) any more; filling one"))
            try context.bring(manifest)
            // A content that is missing or damaged is found before a slot is written to.
            for entry in manifest.entries where try context.store.verified(entry.digest) == nil {
                _ = try data.source(entry)
            }
        }
        let stage = try DataStage(context.project, context.environment).stage
        return try SlotFiller(context: context, stage: stage, lock: lock)
            .fill(manifest).slot
    }

    /// Writes the release's number into the slot's marker; what the slot holds stays the same.
    func mark(_ slot: String, _ release: ReleaseRecord) throws {
        let route = context.places.route(slot)
        let file = try route.markerFile()
        if case .unknown(let reason) = file {
            throw PlaceError.unreadable(
                file: "\(context.places.folder(slot))/\(SlotMarker.fileName)", reason: reason)
        }
        guard case .present(var marker) = file, marker.manifest == release.manifest else {
            throw Failure(
                "slot-differs",
                "slot \(slot) does not hold the data of release \(release.number) any more",
                next: "somebody else has changed it since it was looked at", run: .again)
        }
        guard marker.release != Int(release.number) else { return }
        marker.release = Int(release.number)
        try route.writeMarker(try marker.encoded())
        context.places.forget(slot)
    }
}
