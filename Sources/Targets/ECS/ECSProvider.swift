package import DeployTargets
import PipelineModel

extension DeployTargetProvider {
    /// The image in services of an ECS cluster.
    package static let ecs = DeployTargetProvider(schema: .ecs, deployment: .service)
}
