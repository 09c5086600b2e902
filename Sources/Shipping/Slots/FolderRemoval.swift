import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots

/// Removes folders of releases: those that are not kept any more, and what is left of one whose name is needed again.
struct FolderRemoval {
    let context: RunContext

    private var session: RunSession { context.session }
    private var places: SlotAccess { context.places }

    /// Removes folders of releases that are not kept any more. After a kill the next sync continues.
    func removeSurplus() throws {
        for slot in try SlotStates(context: context).surplus() {
            do {
                guard try PlaceOwnership(context: context).isUnaltered(slot, session) else {
                    continue
                }
                try remove(slot, try listing(slot))
                try forget(slot)
            } catch let error as TransportError {
                session.emit(
                    .note("slot \(slot) is not kept any more, and \(outcome(slot)): \(error)"))
                // Of another operator, whose own sync removes it; the data of this one is all there.
                guard error.isForbidden else { throw error }
            }
        }
    }

    /// Removes what a removal that was cut off left of a release, where it carries the note of this environment and holds
    /// nothing but files of that release. Without the note the folder is left as it is.
    ///
    /// - Throws: `PlaceError.foreign` where it holds something else; nothing is changed then.
    func removeRemains(of slot: String, _ manifest: DataManifest) throws {
        guard try places.route(slot).fillingNote()?.claim == context.claim else { return }
        let listing = try listing(slot)
        let paths = Set(manifest.entries.map(\.path))
        let others =
            listing.entries.filter { $0.kind != .folder && !paths.contains($0.path) }
            .map(\.path.text) + listing.foreign.map(\.text)
        guard others.isEmpty || context.adopts else {
            let sample = ContentSample(files: others.count, examples: Array(others.prefix(5)))
            throw PlaceError.foreign(folder: places.folder(slot), sample, claim: context.claim)
        }
        try remove(slot, listing)
    }

    private func listing(_ slot: String) throws -> TransportListing {
        try places.route(slot).list(
            expecting: ListingHint(), isInterrupted: { session.cancellation.isCancelled })
    }

    private func remove(_ slot: String, _ listing: TransportListing) throws {
        defer { places.forget(slot) }
        try SlotRemoval(
            places.route(slot), isInterrupted: { session.cancellation.isCancelled }
        ).remove(listing, note: try context.fillingNote())
    }

    /// What became of a slot whose removal failed, by a look: its marker is the first to be removed.
    private func outcome(_ slot: String) -> String {
        places.forget(slot)
        do {
            if case .absent = try places.markerFile(slot) { return "was removed in part" }
            return "stays"
        } catch { return "may have been removed in part" }
    }

    private func forget(_ slot: String) throws {
        let record = try SlotStates(context: context).records().first { $0.name == slot }
        try context.cloud?.forgetSlot(slot)
        try session.writer.recordSlot(
            environment: context.environment.name,
            SlotRecord(
                slot, manifest: nil, generation: record?.generation ?? 0, state: .empty,
                place: places.identity),
            at: Timestamp.now())
    }
}
