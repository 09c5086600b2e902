import DeployTargets
import PipelineModel

/// What instances of a Beanstalk environment may do and tell. Pure.
struct InstanceFacts {
    /// The role of the environment's instance profile.
    let role: String
    let policies: [String]
    /// The file of the bundle that has CloudWatch's agent measure memory, which nothing does by itself.
    let memoryFile: String?

    /// Managed policies that let an instance mount a file system that asks for IAM
    /// (https://docs.aws.amazon.com/efs/latest/ug/security-iam-awsmanpol.html).
    private static let mounting: Set = [
        "AmazonElasticFileSystemClientFullAccess", "AmazonElasticFileSystemClientReadWriteAccess",
        "AmazonElasticFileSystemFullAccess", "AmazonElasticFileSystemClientReadOnlyAccess",
    ]
    /// What the agent needs
    /// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/create-iam-roles-for-cloudwatch-agent.html).
    private static let measuring: Set = [
        "CloudWatchAgentServerPolicy", "CloudWatchAgentAdminPolicy",
    ]

    func diagnoses(_ area: String) -> [Diagnosis] {
        let mounts = !Self.mounting.isDisjoint(with: policies)
        var found = [
            Diagnosis(
                area, "instance role", mounts ? .good : .warning,
                "\(role): \(policies.isEmpty ? "no policies" : policies.joined(separator: ", "))",
                advice: mounts
                    ? ""
                    : "if the file system asks for IAM, or policies of the lab's own do not cover it: aws iam "
                        + "attach-role-policy --role-name \(role) --policy-arn "
                        + "arn:aws:iam::aws:policy/AmazonElasticFileSystemClientReadWriteAccess")
        ]
        guard let memoryFile else {
            found.append(
                Diagnosis(
                    area, "memory", .good,
                    "not measured: no file of .ebextensions sets up CloudWatch's agent"))
            return found
        }
        let measures = !Self.measuring.isDisjoint(with: policies)
        found.append(
            Diagnosis(
                area, "memory", measures ? .good : .warning, "measured by \(memoryFile)",
                advice: measures
                    ? ""
                    : "the agent may not send what it measures: aws iam attach-role-policy --role-name "
                        + "\(role) --policy-arn arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
            ))
        return found
    }
}
