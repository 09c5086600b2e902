import DeployTargets
import Digests
import Docker
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// The image: built from its context, named after its content, skipped while that is the same.
struct ImageStep {
    let context: ShippingContext
    let stage: Stage
    let image: ImageStage

    /// What decides the image.
    struct Wanted {
        let recipe: ComponentSet
        let code: ComponentSet

        /// Names the image: the same content has the same tag.
        var contentID: Digest { Digest.of("image\n\(recipe.digest.hex)\n\(code.digest.hex)") }
    }

    func wanted() throws -> Wanted {
        let build = try context.buildContext(of: image)
        var recipe: [ComponentSet.Entry] = [
            .init("context", image.context), .init("dockerfile", image.dockerfile),
            .init("platform", image.platform),
        ]
        if let target = image.target { recipe.append(.init("target", target)) }
        if context.environment.kind.runsHere {
            let sizes = build.entries.compactMap { entry -> (String, Int64)? in
                guard case .file(_, let size) = entry.content else { return nil }
                return (image.context == "." ? entry.path : "\(image.context)/\(entry.path)", size)
            }
            PlacementFindings.imageParts(sizes, context.project.definition.placement)
                .forEach(context.remark)
        }
        recipe += arguments.map { .init("build argument \($0.key)", $0.value) }
        var code = build.entries.map(Self.component)
        if let dockerfile = build.linkedDockerfile {
            code.append(.init("\(image.dockerfile) (where it leads)", dockerfile.hex))
        }
        return Wanted(recipe: ComponentSet(recipe), code: ComponentSet(code))
    }

    /// The definition's arguments, and those that the caller's environment sets.
    var arguments: [String: String] {
        var arguments = image.buildArguments
        for (name, variable) in image.passBuildArguments {
            if let value = Environment.value(variable), !value.isEmpty { arguments[name] = value }
        }
        return arguments
    }

    private static func component(_ entry: BuildContext.Entry) -> ComponentSet.Entry {
        let mode = String(entry.mode & 0o7777, radix: 8)
        return switch entry.content {
        case .file(let digest, _): .init(entry.path, "\(mode) \(digest.hex)")
        case .directory: .init(entry.path + "/", mode)
        case .symbolicLink(let target): .init(entry.path, "link to \(target)")
        }
    }

    func tag(_ wanted: Wanted) -> String {
        "\(context.project.definition.project):\(wanted.contentID.short)"
    }

    /// Why the environment has no image; nil where it has.
    var absence: StepStatus? { context.target.lacksImage.map { .notApplicable($0) } }

    /// Up to date means: built from just this content, and still on this machine or at the registry.
    func status(_ wanted: Wanted) throws -> StepStatus {
        let reasons = try StepComparison(context: context).reasons(
            unit: stage.name, recipe: wanted.recipe, code: wanted.code)
        guard reasons.isEmpty else { return .work(reasons) }
        let tag = tag(wanted)
        if try context.pushedImage() != nil { return .upToDate(tag) }
        guard try context.engine.image(tag) != nil else {
            return .work([.external("image \(tag) is neither on this machine nor at the registry")])
        }
        return .upToDate(tag)
    }

    func run(_ session: RunSession, _ wanted: Wanted, _ reasons: [Reason]) throws -> StageSummary {
        let recording = StepRecording(
            session: session, stage: stage, unit: stage.name, recipe: wanted.recipe,
            code: wanted.code)
        return try recording.run(reasons) {
            let tag = tag(wanted)
            let content = try context.buildContext(of: image)
            let staged =
                content.withheld.isEmpty
                ? nil
                : try StagedContext(
                    content, of: image.context, dockerfile: image.dockerfile,
                    at: "\(Project.statePath)/context")
            defer { staged?.remove() }
            let build = ImageBuild(
                context: staged?.folder ?? image.context, dockerfile: image.dockerfile,
                target: image.target,
                tags: [tag],
                platform: image.platform, arguments: arguments,
                labels: ["pipeline.content": wanted.contentID.hex])
            let built = try context.engine.build(
                build, onLine: { session.emit(.output(stage: stage.name, line: $0)) },
                cancel: session.cancellation)
            guard let digest = Digest(hex: built.id.dropFirst("sha256:".count)) else {
                throw DockerError.noDigest(reference: tag)
            }
            let artifact = Artifact(kind: .image, name: tag, digest: digest, size: built.size)
            return StepResult(artifacts: [artifact], text: tag)
        }
    }
}
