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
    let stale: Set<String>
    /// What units of the definition have made, by path.
    let made: [String: (unit: String, digest: Digest)]
    /// So many files may be deleted; nil leaves it to what is plausible.
    var maxDeletes: Int?

    func manifest() throws -> DataManifest {
        try DataRelease(context: context).current(sync, of: stage.name, stale: stale, made: made)
    }

    /// Up to date means: a slot holds just this manifest, says so itself, and the ledger agrees.
    func look(_ manifest: DataManifest) throws -> Verdict {
        if let slot = try SlotStates(context: context).slot(holding: manifest.digest) {
            return .upToDate("slot \(slot) holds \(describe(manifest))")
        }
        let choice = try SlotStates(context: context).choose(manifest)
        let plan = try transfer(choice, manifest)
        return .work([
            .outside(
                "slot \(choice.slot) is to be filled: \(plan.files) of \(manifest.entries.count) "
                    + "files to send, \(plan.deletes) to delete")
        ])
    }

    /// What is going to travel; nil where nothing is.
    func transfer(_ manifest: DataManifest) throws -> TransferPlan? {
        if try SlotStates(context: context).slot(holding: manifest.digest) != nil { return nil }
        return try transfer(try SlotStates(context: context).choose(manifest), manifest)
    }

    private func transfer(_ choice: SlotChoice, _ manifest: DataManifest) throws -> TransferPlan {
        guard case .fill(let slot, let difference) = choice else {
            return TransferPlan(
                files: 0, bytes: 0, shared: 0, kept: manifest.entries.count, deletes: 0,
                seconds: nil)
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
            seconds: pace?.seconds(files: sent.count, bytes: bytes))
    }

    private func describe(_ manifest: DataManifest) -> String {
        "\(manifest.entries.count) files, manifest \(manifest.digest.short)"
    }

    func run(
        _ session: RunSession, _ manifest: DataManifest, _ reasons: [Reason]
    ) throws -> StageSummary {
        let recording = StepRecording(
            session: session, stage: stage, unit: context.unit(stage),
            recipe: ComponentSet([.init("manifest", manifest.digest.hex)]), code: .empty)
        var transfer: TransferSummary?
        var summary = try recording.run(reasons) {
            let filled = try SlotFiller(
                context: context, session: session, stage: stage, maxDeletes: maxDeletes
            ).fill(manifest)
            try context.cloud?.closeRoute()
            let filling = filled.filling
            transfer = TransferSummary(
                files: filling.filesSent, bytes: filling.bytesSent, seconds: filled.seconds)
            return StepResult(
                artifacts: [
                    Artifact(
                        kind: .manifest, name: context.environment.name, digest: manifest.digest,
                        size: manifest.bytes)
                ],
                text:
                    "slot \(filled.slot): \(filling.filesSent) sent, \(filling.filesLinked) shared "
                    + "with another slot, \(filling.filesKept) kept, \(filling.filesDeleted) deleted",
                metrics: TransferPace(
                    filesSent: filling.filesSent, bytesSent: filling.bytesSent,
                    filesLinked: filling.filesLinked, filesDeleted: filling.filesDeleted,
                    seconds: filled.seconds
                ).json)
        }
        summary.transfer = transfer
        return summary
    }
}
