package import DeployTargets
import JSON
import PipelineModel

extension DeployTargetProvider {
    /// The image in services of an ECS cluster.
    package static let ecs = DeployTargetProvider(
        schema: .ecs, evidence: "the task definition that the tasks run",
        deployment: .service(
            ServiceProvider(
                identity: { "ecs \(ECSConfig($0.options).cluster)" },
                updateIntent: "update-service",
                permissions: permissions, settings: settings,
                make: { ECSTarget($0, ECSConfig($0.environment.options)) })))

    private static let permissions =
        [
            "DescribeServices", "DescribeTaskDefinition", "DescribeTasks", "ExecuteCommand",
            "ListTasks", "RegisterTaskDefinition", "UpdateService",
        ].map { "ecs:\($0)" } + ["iam:PassRole", "logs:DescribeLogStreams", "logs:GetLogEvents"]

    /// Services that run the image, each with its container and how it sees the data.
    private static func settings(_ environment: EnvironmentDefinition) -> [String: JSONValue] {
        let place = ECSConfig(environment.options)
        return [
            "services": .strings(
                place.services.map {
                    "\($0.name) \($0.container) \(place.volume) \($0.access.rawValue)"
                })
        ]
    }
}
