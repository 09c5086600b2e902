import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Slots

/// The sync: a slot that nothing runs from comes to hold exactly the data release.
struct SyncStep {
    let context: ShippingContext
    let stage: Stage
    let sync: SyncStage
    /// Files that units made which are in the definition no more.
    let stale: StaleFiles
    /// What units of the definition have made, by path.
    let made: [String: (unit: String, digest: Digest)]
    /// So many files may be deleted; nil leaves it to what is plausible.
    var maxDeletes: Int?
    var leaseOptions = LeaseOptions()

    func manifest() throws -> DataManifest {
        try DataRelease(context: context).current(sync, of: stage.name, stale: stale, made: made)
    }

    /// Up to date means: a slot holds just this manifest, reports it itself, and the ledger agrees.
    func status(_ manifest: DataManifest) throws -> StepStatus {
        if let slot = try SlotStates(context: context).slot(holding: manifest.digest) {
            return .upToDate("slot \(slot) holds \(describe(manifest))")
        }
        if let (slot, marker) = try SlotStates(context: context).slot(marked: manifest.digest) {
            try PlaceOwnership(context: context).check(slot)
            return .work([
                .external(
                    "the marker of slot \(slot), of \(marker.writtenAt), names \(describe(manifest)): "
                        + "it is read back, and nothing is sent")
            ])
        }
        let choice = try SlotStates(context: context).choose(manifest)
        try PlaceOwnership(context: context).check(choice.slot)
        let plan = try transfer(choice, manifest)
        let newer = try NewerData(context: context).finding(manifest.digest)
        return .work(
            [
                .external(
                    "slot \(choice.slot) is to be filled: \(plan.files) of \(manifest.entries.count) "
                        + "files to send, \(plan.deletes) to delete")
            ] + (newer.map { [.external("\($0): `run` asks for --yes")] } ?? []))
    }

    /// What is going to be sent; nil where nothing is.
    func transfer(_ manifest: DataManifest) throws -> TransferPlan? {
        let states = SlotStates(context: context)
        if try states.slot(holding: manifest.digest) != nil { return nil }
        if try states.slot(marked: manifest.digest) != nil { return nil }
        return try transfer(try SlotStates(context: context).choose(manifest), manifest)
    }

    private func transfer(_ choice: SlotChoice, _ manifest: DataManifest) throws -> TransferPlan {
        guard case .fill(let slot, var difference) = choice else {
            return TransferPlan(
                files: 0, bytes: 0, shared: 0, kept: manifest.entries.count, deletes: 0,
                seconds: nil)
        }
        if let found = try content(of: slot) {
            difference = SlotDifference(from: found, to: manifest)
        }
        let others = try SlotStates(context: context).all().filter {
            $0.name != slot && $0.holds != nil
        }
        let sent = difference.puts.filter { entry in
            !others.contains { $0.content.holds(entry) }
        }
        let bytes = sent.reduce(0) { $0 + $1.size }
        let pace = try TransferPace.last(of: context.unit(stage), in: context.ledger)
        return TransferPlan(
            files: sent.count, bytes: bytes, shared: difference.puts.count - sent.count,
            kept: difference.keeps.count, deletes: difference.deletes.count,
            deleted: difference.deletes.prefix(Self.mostNames).map(\.text),
            seconds: pace?.seconds(files: sent.count, bytes: bytes))
    }

    private static let mostNames = 20

    /// What lies in a slot that is not believed, so that a plan tells what is deleted there; nil where the slot is
    /// believed, or looking costs.
    private func content(of slot: String) throws -> SlotContent? {
        guard !context.places.usesRecordedState,
            try SlotStates(context: context).holds(slot) == nil
        else { return nil }
        return try context.listing(of: slot)
    }

    private func describe(_ manifest: DataManifest) -> String {
        "\(manifest.entries.count) files, manifest \(manifest.digest.short)"
    }

    /// Looked at while the place is this clone's to change. Where a slot has the data, none is replaced.
    private func refuseNewer(_ manifest: DataManifest) throws {
        guard !leaseOptions.replaces,
            try SlotStates(context: context).slot(marked: manifest.digest) == nil,
            let newer = try NewerData(context: context).finding(manifest.digest)
        else { return }
        throw CloudError.newerLive(newer)
    }

    func run(
        _ run: RunContext, _ manifest: DataManifest, _ reasons: [Reason]
    ) throws -> StageSummary {
        let recording = StepRecording(
            session: run.session, stage: stage, unit: context.unit(stage),
            recipe: ComponentSet([.init("manifest", manifest.digest.hex)]), code: .empty)
        var transfer: TransferSummary?
        var summary = try recording.run(reasons) {
            let filled = try run.holdingPlace(leaseOptions) { lock in
                try refuseNewer(manifest)
                return try SlotFiller(
                    context: run, stage: stage, maxDeletes: maxDeletes, lock: lock
                ).fill(manifest)
            }
            try context.cloud?.closeRoute()
            let filling = filled.filling
            transfer = TransferSummary(
                files: filling.filesSent, bytes: filling.bytesSent, linked: filling.filesLinked,
                copied: filling.filesCopied, seconds: filled.seconds)
            let copied =
                filling.filesCopied > 0 ? "\(filling.filesCopied) copied from other slots, " : ""
            return StepResult(
                artifacts: [
                    Artifact(
                        kind: .manifest, name: context.environment.name, digest: manifest.digest,
                        size: manifest.bytes)
                ],
                text:
                    "slot \(filled.slot): \(filling.filesSent) sent, \(filling.filesLinked) "
                    + "hard-linked, \(copied)\(filling.filesKept) kept, \(filling.filesDeleted) deleted",
                metrics: TransferPace(
                    filesSent: filling.filesSent, bytesSent: filling.bytesSent,
                    filesLinked: filling.filesLinked, filesCopied: filling.filesCopied,
                    filesDeleted: filling.filesDeleted, seconds: filled.seconds
                ).json)
        }
        summary.transfer = transfer
        return summary
    }
}
