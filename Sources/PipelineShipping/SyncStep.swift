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

    func manifest() throws -> DataManifest {
        try DataRelease(context: context).current(sync.data, stale: stale)
    }

    /// Up to date means: a slot holds just this manifest, says so itself, and the ledger agrees.
    func look(_ manifest: DataManifest) throws -> Verdict {
        let states = try SlotPlaces(context: context).states()
        switch try SlotPlanner.choose(for: manifest, among: states) {
        case .holds(let slot):
            return .upToDate("slot \(slot) holds \(describe(manifest))")
        case .fill(let slot, let difference):
            return .work([
                .outside(
                    "slot \(slot) is to be filled: \(sent(difference, states)) of "
                        + "\(manifest.entries.count) files to send, "
                        + "\(difference.deletes.count) to delete")
            ])
        }
    }

    /// What no slot holds yet.
    private func sent(_ difference: SlotDifference, _ slots: [SlotState]) -> Int {
        difference.puts.count { entry in
            !slots.contains { $0.holds != nil && $0.content.holds(entry) }
        }
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
        return try recording.run(reasons) {
            let filling = try SlotFiller(context: context, session: session, stage: stage)
                .fill(manifest)
            return StepResult(
                artifacts: [
                    Artifact(
                        kind: .manifest, name: context.environment.name, digest: manifest.digest,
                        size: manifest.bytes)
                ],
                text:
                    "slot \(filling.slot): \(filling.sent) sent, \(filling.linked) shared with another "
                    + "slot, \(filling.kept) kept, \(filling.deleted) deleted")
        }
    }
}
