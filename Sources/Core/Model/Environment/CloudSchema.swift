/// What an environment may say of AWS.
enum CloudSchema {
    static let aws = ObjectSchema([
        KeySchema("account", .string, "number of the account; no other is touched"),
        KeySchema("region", .string, required: true, "code of the region, such as us-east-2"),
        KeySchema("profile", .string, "profile of the AWS configuration"),
        KeySchema("endpoint", .string, "address that stands in for AWS: https, or on this machine"),
        KeySchema(
            "bucket", .string,
            "bucket for bundles and the environment's record; default: the one that Beanstalk keeps"
        ),
    ])

    static let beanstalk = ObjectSchema([
        KeySchema("application", .string, required: true, "name of the application"),
        KeySchema("environment", .string, required: true, "name of the environment"),
        KeySchema("files", .string, "folder with .ebextensions and .platform"),
        KeySchema("mount", .string, "where instances mount the file system; default /efs"),
        KeySchema(
            "root", .string,
            "folder below the mount that holds the slots; default: the root of the data"),
        KeySchema("versions", .integer(1...1000), "application versions to keep; default 10"),
        KeySchema("patience", .duration, "time for a busy environment to be free; default 15m"),
        KeySchema("timeout", .duration, "time for an update to end; default 30m"),
        KeySchema(
            "settle", .duration,
            "time for instances or tasks to report the new version after an update; default 150s"),
        KeySchema(
            "fall_back", .boolean, "go back by itself to the last healthy release; default true"),
        KeySchema("url", .string, "address of the site; default: that of the environment"),
    ])

    static let ecs = ObjectSchema([
        KeySchema("cluster", .string, required: true, "name of the cluster"),
        KeySchema(
            "services", .list(.object(service)), required: true, "services that run the image"),
        KeySchema(
            "volume", .string,
            "volume of the task definitions that is the file system; default data"),
        KeySchema("patience", .duration, "time for busy services to settle; default 15m"),
        KeySchema("timeout", .duration, "time for an update to end; default 30m"),
        KeySchema(
            "settle", .duration,
            "time for instances or tasks to report the new version after an update; default 150s"),
        KeySchema(
            "fall_back", .boolean, "go back by itself to what ran before; default true"),
        KeySchema("url", .string, "address of the site; without it only the tasks are looked at"),
    ])

    private static let service = ObjectSchema([
        KeySchema("name", .string, required: true, "name of the service"),
        KeySchema(
            "container", .string, "container of its task definition; default: the service's name"),
        KeySchema(
            "access", .choice(ECSConfig.Access.allCases.map(\.rawValue)),
            "how it sees the data: read-write, read-only or none; default read-only"),
    ])

    static let owner = ObjectSchema([
        KeySchema("uid", .integer(0...4_294_967_294), "number of the user; default 1000"),
        KeySchema("gid", .integer(0...4_294_967_294), "number of the group; default 1000"),
    ])

    static let backup = ObjectSchema([
        KeySchema("vault", .string, "the vault; default Default"),
        KeySchema(
            "role", .string,
            "name or ARN of the role of AWS Backup; default service-role/AWSBackupDefaultServiceRole"
        ),
        KeySchema("within", .duration, "time for the backup to end; default 12h"),
    ])

    static let transfer = ObjectSchema([
        KeySchema(
            "role", .string,
            "name or ARN of the role that may write to the file system; default aws-elasticbeanstalk-ec2-role"
        ),
        KeySchema("logging_role", .string, "name or ARN of a role for the server's log"),
        KeySchema("user", .string, "name of the user that is made; default pipeline"),
        KeySchema("cost_per_hour", .scalar, "US dollars, for the estimates; default 0.30"),
    ])

    static let bucket = ObjectSchema([
        KeySchema("stack", .string, "CloudFormation stack whose outputs name bucket and instance"),
        KeySchema("bucket", .string, "output that names the bucket, or without a stack its name"),
        KeySchema("instance", .string, "output that names the instance, or without a stack its id"),
        KeySchema("mount", .string, "where the instance mounts the file system; default /mnt/efs"),
    ])
}
