import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import Slots

/// Makes one of an environment's slots hold a manifest, recorded so that a kill at any moment leaves
/// either a slot that says what it holds or one that says nothing.
struct SlotFiller {
    let context: ShippingContext
    let session: RunSession
    let stage: Stage

    struct Filled {
        let slot: String
        let sent: Int
        let linked: Int
        let deleted: Int
        let kept: Int
    }

    func fill(_ manifest: DataManifest) throws -> Filled {
        // First what the manifest says, then what uses it: a release must be able to find its list.
        _ = try context.store.keep(Array(manifest.text.utf8))
        try session.writer.recordManifest(
            manifest.digest, files: manifest.entries.count, bytes: manifest.bytes,
            at: Timestamp.now())
        let places = SlotPlaces(context: context)
        let states = try places.states()
        switch try SlotPlanner.choose(for: manifest, among: states) {
        case .holds(let slot):
            return Filled(slot: slot, sent: 0, linked: 0, deleted: 0, kept: manifest.entries.count)
        case .fill(let slot, _):
            return try write(
                manifest, to: slot, after: try filled(slot, places),
                siblings: states.filter { $0.name != slot && $0.holds != nil }, places)
        }
    }

    private func write(
        _ manifest: DataManifest, to slot: String, after filled: FilledSlot?,
        siblings: [SlotState], _ places: SlotPlaces
    ) throws -> Filled {
        let environment = context.environment.name
        let generation = try nextGeneration(slot, places)
        try session.writer.recordSlot(
            environment: environment,
            SlotRecord(slot, manifest: manifest.digest, generation: generation, state: .writing),
            at: Timestamp.now())
        try FileSystem.createDirectories(parent(of: places.folder(slot)))
        var writer = SlotWriter(route: places.route(slot))
        writer.siblings = siblings.map { (places.route($0.name), $0.content) }
        writer.isInterrupted = { session.cancellation.isCancelled }
        writer.onProgress = { progress in
            session.emit(
                .progress(
                    stage: stage.name,
                    text: "\(progress.filesDone) of \(progress.filesTotal) files, "
                        + "\(progress.bytesDone) of \(progress.bytesTotal) bytes"))
        }
        let release = DataRelease(context: context)
        let filling = try writer.fill(
            with: manifest,
            marker: SlotMarker(
                release: 0, manifest: manifest, generation: Int(generation),
                project: context.project.definition.project, environment: environment,
                writtenAt: Timestamp.now().iso8601),
            after: filled, source: release.source)
        try session.writer.recordSlot(
            environment: environment,
            SlotRecord(slot, manifest: manifest.digest, generation: generation, state: .complete),
            at: Timestamp.now())
        return Filled(
            slot: slot, sent: filling.filesSent, linked: filling.filesLinked,
            deleted: filling.filesDeleted,
            kept: filling.filesKept)
    }

    /// How the slot was filled before, where its own marker still says so.
    private func filled(_ slot: String, _ places: SlotPlaces) throws -> FilledSlot? {
        guard let held = try places.holds(slot),
            let marker = try places.route(slot).marker(),
            let manifest = try? DataRelease(context: context).stored(held)
        else { return nil }
        return FilledSlot(manifest: manifest, generation: marker.generation)
    }

    /// Above what the ledger and the slot itself remember.
    private func nextGeneration(_ slot: String, _ places: SlotPlaces) throws -> Int64 {
        let recorded =
            try context.ledger?.slots(environment: context.environment.name)
            .first { $0.name == slot }?.generation ?? 0
        let marked = try places.route(slot).marker().map { Int64($0.generation) } ?? 0
        return max(recorded, marked) + 1
    }

    private func parent(of folder: String) -> String {
        folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
    }
}
