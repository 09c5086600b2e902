import Digests
import FoundationEssentials
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
    /// So many files may be deleted; nil leaves it to what is plausible.
    var maxDeletes: Int?

    struct Filled {
        let slot: String
        let filling: SlotFilling
        let seconds: Double
    }

    private var places: SlotPlaces { context.places }
    private var environment: EnvironmentDefinition { context.environment }

    func fill(_ manifest: DataManifest) throws -> Filled {
        // First what the manifest says, then what uses it: a release must be able to find its list.
        _ = try context.store.keep(Array(manifest.text.utf8))
        try session.writer.recordManifest(
            manifest.digest, files: manifest.entries.count, bytes: manifest.bytes,
            at: Timestamp.now())
        let states = try SlotStates(context: context).all()
        switch try SlotPlanner.choose(for: manifest, among: states) {
        case .holds(let slot):
            var filling = SlotFilling()
            filling.filesKept = manifest.entries.count
            return Filled(slot: slot, filling: filling, seconds: 0)
        case .fill(let slot, let difference):
            let siblings = states.filter { $0.name != slot && $0.holds != nil }
            let news = difference.puts.filter { entry in
                !siblings.contains { $0.content.holds(entry) }
            }
            try places.route(slot).prepare(
                bytes: news.reduce(0) { $0 + $1.size }, files: news.count)
            return try write(manifest, to: slot, siblings)
        }
    }

    private func write(
        _ manifest: DataManifest, to slot: String, _ siblings: [SlotState]
    ) throws -> Filled {
        let filled = try filled(slot)
        let generation = try nextGeneration(slot)
        try record(slot, manifest, generation, .writing)
        if case .directory = environment.data.route {
            try FileSystem.createDirectories(parent(of: places.folder(slot)))
        }
        let startedNs = MonotonicClock.nanoseconds()
        let filling = try writer(slot, siblings).fill(
            with: manifest,
            marker: SlotMarker(
                release: 0, manifest: manifest, generation: Int(generation),
                project: context.project.definition.project, environment: environment.name,
                writtenAt: Timestamp.now().iso8601),
            over: .some(try places.marker(slot)), after: filled, token: UUID().uuidString,
            source: DataRelease(context: context).source)
        places.forget(slot)
        try record(slot, manifest, generation, .complete)
        return Filled(
            slot: slot, filling: filling,
            seconds: Double(MonotonicClock.nanoseconds() - startedNs) / 1e9)
    }

    private func writer(_ slot: String, _ siblings: [SlotState]) -> SlotWriter {
        var writer = SlotWriter(route: places.route(slot))
        writer.siblings = siblings.map { (places.route($0.name), $0.content) }
        writer.verification = environment.data.verify.verification
        if let maxDeletes { writer.deleteGuard = DeleteGuard(files: maxDeletes, fraction: 0) }
        writer.journal = journal(slot)
        writer.manifest = { [context] in try? context.storedManifest($0) }
        writer.isInterrupted = { session.cancellation.isCancelled }
        writer.onProgress = report()
        return writer
    }

    /// A few times a second, and at the end: a slot may take ten thousand files in one.
    private func report() -> (SlotProgress) -> Void {
        var last: Int64 = 0
        return { [session, stage] progress in
            let now = MonotonicClock.nanoseconds()
            let isEnd = progress.bytesDone == progress.bytesTotal && progress.path == nil
            guard isEnd || now - last > 100_000_000 else { return }
            last = now
            session.emit(.transfer(stage: stage.name, TransferProgress(progress)))
        }
    }

    /// What a killed filling had done; without a place for it, more is sent again.
    private func journal(_ slot: String) -> SlotJournal? {
        let folder = context.environmentFolder
        guard (try? FileSystem.createDirectories(folder)) != nil else { return nil }
        return SlotJournal(path: "\(folder)/filling-\(slot)")
    }

    private func record(
        _ slot: String, _ manifest: DataManifest, _ generation: Int64, _ state: SlotRecord.State
    ) throws {
        try session.writer.recordSlot(
            environment: environment.name,
            SlotRecord(slot, manifest: manifest.digest, generation: generation, state: state),
            at: Timestamp.now())
    }

    /// How the slot was filled before, where its own marker still says so.
    private func filled(_ slot: String) throws -> FilledSlot? {
        guard let held = try SlotStates(context: context).holds(slot),
            let marker = try places.marker(slot),
            let manifest = try context.storedManifest(held)
        else { return nil }
        return FilledSlot(manifest: manifest, generation: marker.generation)
    }

    /// Above what the ledger and the slot itself remember.
    private func nextGeneration(_ slot: String) throws -> Int64 {
        let recorded = try SlotStates(context: context).records()
            .first { $0.name == slot }?.generation
        let marked = try places.marker(slot).map { Int64($0.generation) }
        return max(recorded ?? 0, marked ?? 0) + 1
    }

    private func parent(of folder: String) -> String {
        folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
    }
}

extension DataVerification {
    var verification: Verification {
        switch self {
        case .sizes: .sizes
        case .sample: .sample
        case .full: .full
        }
    }
}

extension TransferProgress {
    init(_ progress: SlotProgress) {
        self.init(
            phase: progress.phase == .sending ? .sending : .verifying,
            filesDone: progress.filesDone, filesTotal: progress.filesTotal,
            bytesDone: progress.bytesDone, bytesTotal: progress.bytesTotal,
            path: progress.path?.text)
    }
}
