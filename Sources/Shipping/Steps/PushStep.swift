import DeployTargets
import Digests
import Docker
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning

/// The push: the image goes to the environment's registry, and the registry confirms its digest.
struct PushStep {
    let context: ShippingContext
    let stage: Stage

    private func builtImage() throws -> Artifact {
        let image = try context.imageStage(pushedBy: stage).stage
        guard let built = try context.newestArtifact(unit: image.name, kind: .image) else {
            throw ShippingError.notBuilt
        }
        return built
    }

    private func repository() throws -> String {
        guard let repository = context.environment.repository else {
            throw ShippingError.noRepository(environment: context.environment.name)
        }
        return repository
    }

    private func recipe(_ image: Artifact) throws -> ComponentSet {
        ComponentSet([
            .init("repository", try repository()), .init("image", image.digest.hex),
            .init("tag", image.name),
        ])
    }

    /// Up to date means: just this image was pushed, and the registry still has it.
    func status() throws -> StepStatus {
        if let absence = context.target.lacksImage { return .notApplicable(absence) }
        let image: Artifact
        do { image = try builtImage() } catch ShippingError.notBuilt { return .work([.neverRan]) }
        let reasons = try StepComparison(context: context).reasons(
            unit: context.unit(stage), recipe: try recipe(image), code: .empty)
        guard reasons.isEmpty else { return .work(reasons) }
        guard let pushed = try context.pushedImage() else {
            return .work([.external("the registry no longer has the image")])
        }
        return .upToDate(pushed.name)
    }

    func run(_ session: RunSession, _ reasons: [Reason]) throws -> StageSummary {
        let image = try builtImage()
        let recording = StepRecording(
            session: session, stage: stage, unit: context.unit(stage), recipe: try recipe(image),
            code: .empty)
        return try recording.run(reasons) {
            StepResult(artifacts: [try push(image, session)], text: "confirmed by the registry")
        }
    }

    /// - Returns: the image by digest. Pushing again is harmless: what the registry has is skipped.
    private func push(_ image: Artifact, _ session: RunSession) throws -> Artifact {
        let tag = image.name.split(separator: ":").last.map(String.init) ?? "latest"
        let target = "\(try repository()):\(tag)"
        if case .push(let settings) = stage.content {
            let gate = LeakCheck(context: context, stage: stage, push: settings)
            if gate.applies(to: try ImageReference(target)) {
                try gate.pass("sha256:\(image.digest.hex)", session)
            }
        }
        try context.engine.tag(
            "sha256:\(image.digest.hex)", as: target, cancel: session.cancellation)
        let reference = try ImageReference(target)
        let access = RegistryAccess(context: context)
        let pushed = try access.push(reference, cancel: session.cancellation) { line in
            session.emit(.output(stage: stage.name, line: line))
        }
        let byDigest = try reference.at(digest: pushed.digest)
        let confirmed = try access.digest(of: byDigest, cancel: session.cancellation)
        guard confirmed == pushed.digest,
            let digest = Digest(hex: pushed.digest.dropFirst("sha256:".count))
        else {
            throw ShippingError.notAtRegistry(
                reference: target, expected: pushed.digest, found: confirmed)
        }
        return Artifact(
            kind: .pushedImage, name: byDigest.text, digest: digest,
            size: image.size)
    }
}

extension ShippingContext {
    /// The newest artifact of a step, read afresh: an earlier step of this command may have made it.
    func newestArtifact(unit: String, kind: Artifact.Kind) throws -> Artifact? {
        try ledger?.newestArtifact(unit: unit, kind: kind)
    }

    /// Begins to ask the registry for what it should have.
    func prefetchImage() {
        guard let stage = project.definition.stages.first(where: { $0.kind == .push }),
            let pushed = try? newestArtifact(  // try?: `pushedImage` throws the same
                unit: unit(stage), kind: .pushedImage),
            let reference = try? ImageReference(pushed.name)  // try?: as above
        else { return }
        RegistryAccess(context: self).prefetch(reference)
    }

    /// The image that was last pushed for this environment, if the registry still has it by digest.
    /// Asked once, unless a push comes between.
    func pushedImage() throws -> Artifact? {
        guard let stage = project.definition.stages.first(where: { $0.kind == .push }),
            let pushed = try newestArtifact(unit: unit(stage), kind: .pushedImage)
        else { return nil }
        if confirmedImage == pushed { return pushed }
        let found = try RegistryAccess(context: self).digest(of: try ImageReference(pushed.name))
        guard found == "sha256:\(pushed.digest.hex)" else { return nil }
        confirmedImage = pushed
        return pushed
    }
}
