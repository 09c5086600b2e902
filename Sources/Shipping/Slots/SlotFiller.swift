import DeployLocking
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import Slots
import TransportProviders

/// Makes one of an environment's slots hold a manifest, recorded so that a kill at any moment leaves
/// either a slot that says what it holds or one that says nothing.
struct SlotFiller {
    let context: RunContext
    let stage: Stage
    /// So many files may be deleted; nil leaves it to what is plausible.
    var maxDeletes: Int?
    /// Of the place, where no service guards it.
    var lock: PlaceLock?

    struct Filled {
        let slot: String
        let filling: SlotFilling
        let seconds: Double
    }

    private var session: RunSession { context.session }
    private var places: SlotAccess { context.places }
    private var environment: EnvironmentDefinition { context.environment }

    func fill(_ manifest: DataManifest) throws -> Filled {
        defer { places.keepFindings(session) }
        do { return try fillOnce(manifest) } catch {
            guard let cloud = context.cloud else { throw error }
            // Who has lost the lease learns it here, whatever it failed at: nothing is tried again then.
            do { try cloud.lease?.confirm() } catch let loss as LeaseError { throw loss } catch {
                session.emit(.note("whether the lease is still held could not be asked: \(error)"))
            }
            guard cloud.opened?.isGone() == true else { throw error }
            session.emit(.note("\(error); making another, once"))
            do { try cloud.closeRoute() } catch { session.emit(.note("\(error)")) }
            return try fillOnce(manifest)
        }
    }

    private func fillOnce(_ manifest: DataManifest) throws -> Filled {
        try DataRelease(context: context).keep(manifest, session)
        // Before there is a way to the data, which may cost for as long as it is there. The name is the same
        // when the same filling is tried again, and another one for the next.
        let generation = try SlotStates(context: context).records().map(\.generation).max() ?? 0
        try BackupBefore(
            data: environment.data, cloud: context.cloud, journal: LedgerJournal(context, session)
        ).make(
            for: "\(generation)-\(manifest.digest.hex.prefix(32))")
        try context.openRoute()
        let states = try SlotStates(context: context).all()
        if let filled = try believed(manifest) { return filled }
        switch try SlotStates(context: context).choose(manifest) {
        case .holds(let slot):
            var filling = SlotFilling()
            filling.filesKept = manifest.entries.count
            return Filled(slot: slot, filling: filling, seconds: 0)
        case .fill(let slot, let difference):
            try own(slot)
            let siblings = states.filter { $0.name != slot && $0.holds != nil }
            let added = difference.puts.filter { entry in
                !siblings.contains { $0.content.holds(entry) }
            }
            try places.route(slot).prepare(
                bytes: added.reduce(0) { $0 + $1.size }, files: added.count)
            let filled = try write(manifest, to: slot, siblings)
            try FolderRemoval(context: context).removeSurplus()
            return filled
        }
    }

    /// Refuses a slot that is somebody else's, and makes the place this environment's.
    private func own(_ slot: String) throws {
        let ownership = PlaceOwnership(context: context)
        try ownership.check(slot)
        if environment.data.layout == .full { try ownership.check(SlotAccess.unfinished) }
        try ownership.claim()
    }

    /// A slot whose marker names just this data though no record does: once it was checked, nothing is sent.
    private func believed(_ manifest: DataManifest) throws -> Filled? {
        guard
            let (slot, marker) = try SlotStates(context: context).slot(marked: manifest.digest)
        else { return nil }
        try PlaceOwnership(context: context).check(slot)
        let startedNs = MonotonicClock.nanoseconds()
        var writer = try writer(slot, [])
        let readsCheaply = try places.route(slot).features().readsCheaply
        writer.verification = readsCheaply ? .full : environment.data.verify.verification
        let wrong = try writer.audit(against: manifest)
        guard wrong.isEmpty else {
            session.emit(
                .note(
                    "slot \(slot) does not hold what its marker says (\(wrong.count) paths differ, first "
                        + "\"\(wrong[0].path)\"): it is not believed"))
            return nil
        }
        try PlaceOwnership(context: context).claim()
        try record(slot, manifest, Int64(marker.generation), .complete)
        var filling = SlotFilling()
        filling.filesKept = manifest.entries.count
        return Filled(
            slot: slot, filling: filling,
            seconds: Double(MonotonicClock.nanoseconds() - startedNs) / 1e9)
    }

    private func write(
        _ manifest: DataManifest, to slot: String, _ siblings: [SlotState]
    ) throws -> Filled {
        let isNew = environment.data.layout == .full
        // It gets its name in one step, which nothing else may have then.
        if isNew { try FolderRemoval(context: context).removeRemains(of: slot, manifest) }
        let place = isNew ? SlotAccess.unfinished : slot
        let filled = isNew ? try unfinished() : try filled(slot)
        if isNew, let filled, filled.manifest.digest == manifest.digest {
            // Killed after it was whole and before it had its name.
            return try conclude(manifest, slot, Int64(filled.generation))
        }
        let generation = try nextGeneration(slot)
        try record(slot, manifest, generation, .writing)
        let startedNs = MonotonicClock.nanoseconds()
        let writer = try writer(place, siblings)
        let filling = try writer.fill(
            with: manifest,
            marker: SlotMarker(
                release: 0, manifest: manifest, generation: Int(generation),
                project: context.project.definition.project, environment: environment.name,
                writtenAt: Timestamp.now().iso8601, sender: try context.sender()),
            over: isNew ? nil : .some(try places.marker(slot)), after: filled,
            token: RandomID.uuid(),
            source: DataRelease(context: context).source)
        if isNew { try places.route(place).move(to: places.folder(slot)) }
        places.forget(slot)
        try record(slot, manifest, generation, .complete)
        return Filled(
            slot: slot, filling: filling,
            seconds: Double(MonotonicClock.nanoseconds() - startedNs) / 1e9)
    }

    private func writer(_ slot: String, _ siblings: [SlotState]) throws -> SlotWriter {
        var writer = SlotWriter(route: places.route(slot))
        writer.owner = (context.claim, try CloneIdentity.id())
        writer.lock = lock
        if !environment.data.provider.isFenced { writer.isFenced = false }
        writer.onNote = { [session] in session.emit(.note("slot \(slot): \($0)")) }
        writer.siblings = siblings.map { (places.route($0.name), $0.content) }
        writer.verification = environment.data.verify.verification
        if let maxDeletes { writer.deleteGuard = DeleteGuard(files: maxDeletes, fraction: 0) }
        writer.journal = journal(slot)
        writer.manifest = { [context] in
            (try? context.storedManifest($0)) ?? nil  // try?: unknown before is read or sent
        }
        writer.isInterrupted = isInterrupted()
        writer.onProgress = report()
        return writer
    }

    /// Asked again and again while files are sent: after a suspension, and every half minute, the lease is confirmed
    /// before the next of them.
    private func isInterrupted() -> () -> Bool {
        var asked = Timestamp.now().nanoseconds
        return { [session, cloud = context.cloud] in
            if session.cancellation.isCancelled { return true }
            let now = Timestamp.now().nanoseconds
            guard let lease = cloud?.lease, abs(now - asked) > 30_000_000_000 else { return false }
            asked = now
            do { try lease.confirm() } catch is LeaseError { return true } catch {
                // Unreachable for now: what follows will tell.
            }
            return false
        }
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
        let made: Void? = try? FileSystem.createDirectories(folder)  // try?: only sends more
        guard made != nil else { return nil }
        return SlotJournal(path: "\(folder)/filling-\(slot)")
    }

    private func record(
        _ slot: String, _ manifest: DataManifest, _ generation: Int64, _ state: SlotRecord.State
    ) throws {
        try context.cloud?.recordSlot(
            slot, manifest: state == .complete ? manifest.digest : nil, generation: generation)
        try session.writer.recordSlot(
            environment: environment.name,
            SlotRecord(
                slot, manifest: manifest.digest, generation: generation, state: state,
                place: places.identity),
            at: Timestamp.now())
    }

    /// How the slot was filled before, where its own marker still reports it.
    private func filled(_ slot: String) throws -> FilledSlot? {
        guard let held = try SlotStates(context: context).holds(slot),
            let marker = try places.marker(slot),
            let manifest = try context.storedManifest(held)
        else { return nil }
        return FilledSlot(manifest: manifest, generation: marker.generation)
    }

    /// Gives a whole release its name.
    private func conclude(
        _ manifest: DataManifest, _ slot: String, _ generation: Int64
    ) throws -> Filled {
        try places.route(SlotAccess.unfinished).move(to: places.folder(slot))
        try record(slot, manifest, generation, .complete)
        var filling = SlotFilling()
        filling.filesKept = manifest.entries.count
        return Filled(slot: slot, filling: filling, seconds: 0)
    }

    /// What the folder of a release that has no name yet holds, where its marker is of a filling that the
    /// ledger knows.
    private func unfinished() throws -> FilledSlot? {
        guard let marker = try places.marker(SlotAccess.unfinished),
            marker.environment == environment.name,
            try SlotStates(context: context).records().contains(where: {
                $0.state == .writing && $0.generation == Int64(marker.generation)
                    && $0.manifest == marker.manifest
            }), let manifest = try context.storedManifest(marker.manifest)
        else { return nil }
        return FilledSlot(manifest: manifest, generation: marker.generation)
    }

    /// Above what the ledger and the slot itself remember.
    private func nextGeneration(_ slot: String) throws -> Int64 {
        let records = try SlotStates(context: context).records()
        // Folders of releases are ordered by it, so there it grows over all of them.
        let recorded = records.filter { $0.name == slot || environment.data.layout == .full }
            .map(\.generation).max()
        let marked = try places.marker(slot).map { Int64($0.generation) }
        return max(recorded ?? 0, marked ?? 0) + 1
    }
}
