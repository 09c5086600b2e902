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
        KeySchema("mount", .string, default: "/efs", "where instances mount the file system"),
        KeySchema(
            "root", .string,
            "folder below the mount that holds the slots; default: the root of the data"),
        KeySchema("versions", .integer(1...1000), default: "10", "application versions to keep"),
        KeySchema(
            "patience", .duration, default: "15m", "time for a busy environment to be free"),
        KeySchema("timeout", .duration, default: "30m", "time for an update to end"),
        KeySchema(
            "settle", .duration, default: "150s",
            "time for instances or tasks to report the new version after an update"),
        KeySchema(
            "fall_back", .boolean, default: "true",
            "go back by itself to the last healthy release"),
        KeySchema("url", .string, "address of the site; default: that of the environment"),
    ])

    static let ecs = ObjectSchema([
        KeySchema("cluster", .string, required: true, "name of the cluster"),
        KeySchema(
            "services", .list(.object(service)), required: true, "services that run the image"),
        KeySchema(
            "volume", .string, default: "data",
            "volume of the task definitions that is the file system"),
        KeySchema("patience", .duration, default: "15m", "time for busy services to settle"),
        KeySchema("timeout", .duration, default: "30m", "time for an update to end"),
        KeySchema(
            "settle", .duration, default: "150s",
            "time for instances or tasks to report the new version after an update"),
        KeySchema(
            "fall_back", .boolean, default: "true", "go back by itself to what ran before"),
        KeySchema("url", .string, "address of the site; without it only the tasks are looked at"),
    ])

    static let service = ObjectSchema([
        KeySchema("name", .string, required: true, "name of the service"),
        KeySchema(
            "container", .string, "container of its task definition; default: the service's name"),
        KeySchema(
            "access", .choice(ECSConfig.Access.allCases.map(\.rawValue)),
            default: ECSConfig.Access.readOnly.rawValue,
            "how it sees the data: read-write, read-only or none"),
    ])

    static let backup = ObjectSchema([
        KeySchema("vault", .string, default: "Default", "the vault"),
        KeySchema(
            "role", .string, default: "service-role/AWSBackupDefaultServiceRole",
            "name or ARN of the role of AWS Backup"
        ),
        KeySchema("within", .duration, default: "12h", "time for the backup to end"),
    ])
}
