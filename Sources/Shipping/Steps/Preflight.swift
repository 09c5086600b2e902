import DeployTargets
import Docker
package import Failures
package import PipelineEngine
package import PipelineModel
import Posix

/// What makes a stage impossible whatever the others do. Found in the definition and on this disk before anything runs,
/// so that no compile of days ends at a stage that could never succeed.
package struct Preflight {
    private let project: Project
    private let environment: EnvironmentDefinition

    package init(_ project: Project, _ environment: EnvironmentDefinition) {
        self.project = project
        self.environment = environment
    }

    /// Stages that cannot succeed.
    package struct Refused: Explained {
        package let failure: Failure
        private let others: [Failure]

        package var failures: [Failure] { [failure] + others }

        package var description: String { failures.map(\.text).joined(separator: "\n") }

        package init?(_ failures: [Failure]) {
            guard let first = failures.first else { return nil }
            failure = first
            others = Array(failures.dropFirst())
        }
    }

    /// Why a stage cannot succeed; nil where it may.
    ///
    /// - Throws: what kept a file from being looked at.
    package func obstacle(_ stage: Stage) throws -> Failure? {
        let failure =
            switch stage.content {
            case .units: nil as Failure?
            case .image(let image): try imageObstacle(image)
            case .push: pushes ? noImage : nil
            case .sync(let sync): try syncObstacle(stage, sync)
            case .deploy: deploys ? deployObstacle() : nil
            }
        return failure?.at(.file(Project.definitionPath, line: max(1, stage.line), column: 1))
    }

    private var target: DeployTargetProvider { Registry.target(environment) }
    private var pushes: Bool { target.lacksImage == nil }
    private var deploys: Bool { target.lacksDeployment == nil }

    /// Whether the image stage says what the site's code is.
    private var readsContext: Bool {
        if case .buildContext = target.code { return true }
        return pushes
    }

    private func deployObstacle() -> Failure? {
        if let obstacle = target.obstacle(environment, environment.data.provider) {
            return obstacle
        }
        if readsContext, let noImage { return noImage }
        if pushes, !has(.push) {
            return Failure(
                "no-push-stage", "the definition has no stage of kind push",
                next: "add one, it brings the image to the registry")
        }
        do {
            _ = try DataStage(project, environment)
            return nil
        } catch { return error.failure }
    }

    private func syncObstacle(_ stage: Stage, _ sync: SyncStage) throws -> Failure? {
        do {
            if try DataStage.absence(stage, project, environment) != nil { return nil }
        } catch { return error.failure }
        return try dataObstacle(sync)
    }

    private var noImage: Failure? { has(.image) ? nil : ShippingError.noImageStage.failure }

    private func has(_ kind: StageKind) -> Bool {
        project.definition.stages.contains { $0.kind == kind }
    }

    private func imageObstacle(_ image: ImageStage) throws -> Failure? {
        guard readsContext, !isMade(image.context) else { return nil }
        guard try FileSystem.status(image.context)?.kind == .directory else {
            return Failure(
                "no-context", "there is no folder \"\(image.context)\" to build the image from",
                next: "correct \"context\", or make the folder")
        }
        let dockerfile = "\(image.context)/\(image.dockerfile)"
        guard pushes, !isMade(dockerfile), try FileSystem.status(dockerfile) == nil else {
            return nil
        }
        return BuildContextError.noDockerfile(dockerfile).failure
    }

    private func dataObstacle(_ sync: SyncStage) throws -> Failure? {
        let missing = try sync.data.filter {
            try !isMade($0) && FileSystem.status($0) == nil
        }
        guard missing.count == sync.data.count else { return nil }
        let names = missing.map { "\"\($0)\"" }.joined(separator: ", ")
        return Failure(
            "no-data", "there is no \(names) to send, and no stage makes it",
            next: "correct \"data\", or put the files there")
    }

    /// Whether some unit may make the path, something below it, or the folder that it lies in.
    private func isMade(_ path: String) -> Bool {
        project.definition.stages.contains { stage in
            guard case .units(let content) = stage.content else { return false }
            return content.templates.contains { template in
                // Without declared outputs nobody knows what it makes.
                template.outputs.isEmpty || template.outputs.contains { meets($0, path) }
            }
        }
    }

    private func meets(_ output: Template, _ path: String) -> Bool {
        var literal = ""
        for segment in output.segments {
            guard case .literal(let text) = segment else { break }
            literal += text
        }
        let isWhole = literal.count == output.source.count
        if path == "." || literal.hasPrefix(path + "/") || path.hasPrefix(literal + "/") {
            return true
        }
        return isWhole ? literal == path : path.hasPrefix(literal)
    }
}
