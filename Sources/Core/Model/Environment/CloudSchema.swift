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

    static let backup = ObjectSchema([
        KeySchema("vault", .string, default: "Default", "the vault"),
        KeySchema(
            "role", .string, default: "service-role/AWSBackupDefaultServiceRole",
            "name or ARN of the role of AWS Backup"
        ),
        KeySchema("within", .duration, default: "12h", "time for the backup to end"),
    ])
}
