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

    static let backup = ObjectSchema([
        KeySchema("vault", .string, default: "Default", "the vault"),
        KeySchema(
            "role", .string, default: "service-role/AWSBackupDefaultServiceRole",
            "name or ARN of the role of AWS Backup"
        ),
        KeySchema("within", .duration, default: "12h", "time for the backup to end"),
    ])
}
