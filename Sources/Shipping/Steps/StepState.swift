import AWS
import DeployTargets
import Digests
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Slots

/// What the plan of a step rests on, so that a saved plan can be compared with what is there later: contents here, and what
/// is found elsewhere. What stages that come before are going to change is left out.
struct StepState {
    let context: ShippingContext
    /// Whether a stage of this name comes before and has work to do.
    let isOpen: (String) -> Bool

    /// - Parameter manifest: the digest of the data as it is.
    func entries(_ stage: Stage, manifest: () throws -> Digest) throws -> [ComponentSet.Entry] {
        switch stage.content {
        case .units: []
        case .image(let image): try self.image(stage, image)
        case .push: try push(stage)
        case .sync: try sync(stage, manifest)
        case .deploy: try deploy(stage, manifest)
        }
    }

    private var hasImages: Bool { context.target.lacksImage == nil }

    private func image(_ stage: Stage, _ image: ImageStage) throws -> [ComponentSet.Entry] {
        guard hasImages else { return [] }
        let wanted = try ImageStep(context: context, stage: stage, image: image).wanted()
        let folder = image.context == "." ? "" : image.context + "/"
        return wanted.recipe.entries
            + wanted.code.entries.map { .init("file \(folder)\($0.name)", $0.value) }
    }

    private func push(_ stage: Stage) throws -> [ComponentSet.Entry] {
        guard hasImages else { return [] }
        var entries = [
            ComponentSet.Entry("repository", context.environment.repository ?? "none")
        ]
        if stage.needs.allSatisfy({ !isOpen($0) }) {
            let image = try context.imageStage(pushedBy: stage).stage
            let built = try context.newestArtifact(unit: image.name, kind: .image)
            entries.append(.init("image", built?.digest.hex ?? "none"))
            entries.append(
                .init("image at the registry", try context.pushedImage()?.digest.hex ?? "none"))
        }
        return entries
    }

    private func sync(
        _ stage: Stage, _ manifest: () throws -> Digest
    ) throws -> [ComponentSet.Entry] {
        var entries: [ComponentSet.Entry] = []
        if stage.needs.allSatisfy({ !isOpen($0) }) {
            entries.append(.init("data manifest", try manifest().hex))
        }
        let records = try SlotStates(context: context).records()
        for slot in try SlotStates(context: context).all() {
            let generation = records.first { $0.name == slot.name }?.generation ?? 0
            let holds = slot.holds?.hex ?? "nothing that is believed"
            entries.append(.init("slot \(slot.name)", "\(holds) (filling \(generation))"))
            entries.append(.init("who needs slot \(slot.name)", slot.protection ?? "nobody"))
        }
        return entries
    }

    private func deploy(
        _ stage: Stage, _ manifest: () throws -> Digest
    ) throws -> [ComponentSet.Entry] {
        guard context.target.lacksDeployment == nil else { return [] }
        let live = try context.timeline().live
        var entries = [
            ComponentSet.Entry("settings", RunSettings(context.environment, context.target).text),
            .init("live release", live.map { String($0.release) } ?? "none"),
        ]
        if let folder = try context.folderTarget() {
            entries.append(.init("live folder", try folder.live().text))
        } else {
            for (part, version) in try context.cloud?.service?.versions() ?? [] {  // none at AWS
                entries.append(.init("version of \(part)", version ?? "none"))
            }
        }
        if stage.needs.allSatisfy({ !isOpen($0) }) {
            let step = DeployStep(context: context, stage: stage)
            let content = try step.content(manifest: try manifest(), keepsCode: false)
            entries.append(.init("image", content.image ?? "none"))
            entries.append(.init("code", content.code?.hex ?? "none"))
            entries.append(.init("data manifest", content.manifest.hex))
        }
        return entries
    }
}
