/// What `pipeline/environments/NAME.yaml` may hold.
package enum EnvironmentSchema {
    /// - Parameter transports: those that providers bring.
    package static func root(_ transports: [TransportSchema]) -> ObjectSchema {
        ObjectSchema([
            KeySchema(
                "kind", .choice(EnvironmentKind.allCases.map(\.rawValue)), required: true,
                "where releases run: local (a container here), preview (a process here), beanstalk, ecs, or data (nowhere)"
            ),
            KeySchema("repository", .string, "registry and path that images are pushed to"),
            KeySchema(
                "registry", .choice(RegistryOwner.allCases.map(\.rawValue)),
                "whose the registry is: ecr, ecr-public or other; default: told by its host"),
            KeySchema(
                "data", .object(data(transports)), required: true,
                "where the data of releases is kept"),
            KeySchema("site", .object(site), "how the site is started and judged"),
            KeySchema("aws", .object(CloudSchema.aws), "account and region"),
            KeySchema(
                "beanstalk", .object(CloudSchema.beanstalk), "the Elastic Beanstalk environment"),
            KeySchema("ecs", .object(CloudSchema.ecs), "the services of an ECS cluster"),
            KeySchema("reload", .object(ReloadReader.schema), "what is done once a release runs"),
            KeySchema("notify", .object(NotifyReader.schema), "who is notified of the end of runs"),
        ])
    }

    private static func data(_ transports: [TransportSchema]) -> ObjectSchema {
        ObjectSchema(
            [
                KeySchema(
                    "route",
                    .choice(["directory", "sftp", "transfer", "bucket"] + transports.map(\.name)),
                    "how data gets there; default directory"),
                KeySchema("root", .string, required: true, "the folder that holds the slots"),
                KeySchema(
                    "layout", .choice(DataLayout.allCases.map(\.rawValue)),
                    "slots, full: a folder for each release, or in-place: one, without instant rollback"
                ),
                KeySchema(
                    "slots", .integer(2...1000),
                    "data folders: 2 or 3, which keep the fallback safe, or more with layout full; default 3"
                ),
                KeySchema(
                    "verify", .choice(DataVerification.allCases.map(\.rawValue)),
                    "what is read back before a release counts: sizes, sample or full; default sizes"
                ),
                KeySchema("mounted", .string, "where this machine sees the root of an SFTP server"),
                KeySchema(
                    "host", .string, "server of route sftp, or its name in the ssh configuration"),
                KeySchema("port", .integer(1...65535), "port of the server"),
                KeySchema("user", .string, "user at the server"),
                KeySchema("identity", .string, "file of the private key"),
                KeySchema(
                    "known_hosts", .string, "file with the server's host keys; no other is accepted"
                ),
                KeySchema(
                    "connections", .integer(1...10), "connections side by side at most; default 2"),
                KeySchema(
                    "sessions", .integer(1...10), "sessions on each connection at most; default 4"),
                KeySchema("bandwidth", .size, "bytes a second at most"),
                KeySchema(
                    "durable", .boolean,
                    "ask the server to put each file on stable storage before it counts; default false"
                ),
                KeySchema("file_system", .string, "EFS file system of routes transfer and bucket"),
                KeySchema(
                    "backup", .object(CloudSchema.backup),
                    "make a backup of the file system before a slot is written"),
                KeySchema("owner", .object(CloudSchema.owner), "whose the files on EFS are"),
                KeySchema(
                    "transfer", .object(CloudSchema.transfer),
                    "the temporary server of route transfer"),
                KeySchema(
                    "bucket", .object(CloudSchema.bucket), "bucket and instance of route bucket"),
            ] + transports.map(\.key))
    }

    private static let site = ObjectSchema([
        KeySchema(
            "port", .integer(1...65535), "port of this machine; required where the site runs here"),
        KeySchema("container_port", .integer(1...65535), "port inside the container; default 8000"),
        KeySchema("mount", .object(mount), "which folder of the slot the site sees, and where"),
        KeySchema(
            "command", .either([.string, .list(.string)]),
            "how the process starts (preview); {port} is filled"),
        KeySchema("environment", .map(.scalar), "variables set for the site"),
        KeySchema(
            "pass_environment", .list(.string),
            "names of the operator's variables that the process gets besides (preview)"),
        KeySchema(
            "front", .object(front),
            "how nginx in front of the site treats requests (local, preview)"),
        KeySchema("health", .object(health), "the address that tells whether the site is well"),
        KeySchema("smoke", .list(.object(smoke)), "pages that must answer before a release counts"),
    ])

    private static let mount = ObjectSchema([
        KeySchema("from", .string, "folder in the slot; default data"),
        KeySchema("to", .string, "path that the site sees; default /app/data"),
    ])

    private static let front = ObjectSchema([
        KeySchema(
            "drain", .duration, "time that requests under way at a switch may take; default 120s"),
        KeySchema(
            "body_size", .size,
            "largest body of a request; default: what .platform/nginx/conf.d says, else 1MiB"),
        KeySchema(
            "timeout", .duration,
            "time without a byte until a request is given up; default: as body_size, else 120s"),
    ])

    private static let health = ObjectSchema([
        KeySchema("path", .string, "default /health"),
        KeySchema("successes", .integer(1...100), "good answers in a row; default 2"),
        KeySchema("steady_for", .duration, "time over which they must last; default 1s"),
        KeySchema("within", .duration, "time until the release has failed; default 60s"),
    ])

    private static let smoke = ObjectSchema([
        KeySchema("path", .string, required: true, "path of the page"),
        KeySchema("status", .integer(100...599), "status that it must answer; default 200"),
        KeySchema("contains", .string, "text that the page must hold"),
    ])
}
