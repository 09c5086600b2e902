import AWS
package import DeployTargets
import JSON
import PipelineModel

extension DeployTargetProvider {
    /// The image on the instances of an Elastic Beanstalk environment. Its files for Beanstalk are part of a release.
    package static let beanstalk = DeployTargetProvider(
        schema: .beanstalk,
        evidence: "the version label at Elastic Beanstalk and its instances",
        code: .folder(parts: [".ebextensions", ".platform", "Dockerrun.aws.json"]) {
            $0.options["files"]
        },
        deployment: .service(
            ServiceProvider(
                identity: { environment in
                    let place = BeanstalkConfig(environment.options)
                    return "beanstalk \(place.application)/\(place.environment)"
                },
                updateIntent: "update-environment", versionsHoldSlot: true,
                // Beanstalk makes its own with the first environment of a region, or when it is asked to
                // (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.S3.html).
                accountBucket: .init(
                    name: { region, account in "elasticbeanstalk-\(region)-\(account)" },
                    make: { _ = try $0.storageBucket() }),
                permissions: permissions, settings: settings,
                make: { BeanstalkTarget($0, BeanstalkConfig($0.environment.options)) })))

    private static let permissions =
        [
            "CreateApplicationVersion", "CreateStorageLocation", "DeleteApplicationVersion",
            "DescribeApplicationVersions", "DescribeConfigurationSettings", "DescribeEnvironments",
            "DescribeEvents", "DescribeInstancesHealth", "RequestEnvironmentInfo",
            "RestartAppServer", "RetrieveEnvironmentInfo", "UpdateEnvironment",
        ].map { "elasticbeanstalk:\($0)" } + [
            "iam:GetInstanceProfile", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies",
            "sns:ListSubscriptionsByTopic",
        ]

    private static func settings(_ environment: EnvironmentDefinition) -> [String: JSONValue] {
        let place = BeanstalkConfig(environment.options)
        let root = place.root ?? environment.data.route.root
        let parts = (place.mount + "/" + root).split(separator: "/")
        return [RunSettings.instanceRootKey: .string("/" + parts.joined(separator: "/"))]
    }
}

extension RunSettings {
    fileprivate static let instanceRootKey = "instanceRoot"

    /// Where instances see the folder that holds the slots.
    package var instanceRoot: String { target[Self.instanceRootKey]?.string ?? "/efs" }
}
