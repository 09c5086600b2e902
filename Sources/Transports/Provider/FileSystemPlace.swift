package import PipelineModel

/// What transports to a folder of an EFS file system have in common.
package enum FileSystemPlace {
    /// Whose the files are.
    package static let owner = KeySchema(
        "owner",
        .object(
            ObjectSchema([
                KeySchema("uid", numbers, default: "1000", "number of the user"),
                KeySchema("gid", numbers, default: "1000", "number of the group"),
            ])), "whose the files on EFS are")

    private static let numbers = ValueType.integer(0...4_294_967_294)

    package static func identity(_ options: TransportOptions) -> String {
        "efs:\(options.fileSystem ?? "?"):/\(options.plainRoot)"
    }

    /// What `doctor` asks of the file system, whatever transport sends to it.
    package static let permissions = [
        "backup:ListRecoveryPointsByResource", "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeBackupPolicy", "elasticfilesystem:DescribeFileSystems",
        "elasticfilesystem:DescribeLifecycleConfiguration",
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        "elasticfilesystem:DescribeMountTargets", "ec2:DescribeSecurityGroups",
    ]
}

extension TransportOptions {
    /// Whose the files are there; nil for the one who writes them.
    package var owner: (uid: Int, gid: Int)? {
        guard self["owner.uid"] != nil else { return nil }
        return (integer("owner.uid"), integer("owner.gid"))
    }
}
