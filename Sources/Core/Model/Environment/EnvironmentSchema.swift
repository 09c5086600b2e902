/// What `pipeline/environments/NAME.yaml` may hold.
package enum EnvironmentSchema {
    /// - Parameters:
    ///   - transports: those that providers bring.
    ///   - targets: all kinds of environments.
    package static func root(
        _ transports: [TransportSchema], _ targets: [TargetSchema] = TargetSchema.builtIn
    ) -> ObjectSchema {
        let kinds = targets.map { "\($0.name) (\($0.summary))" }
        return ObjectSchema(
            [
                KeySchema(
                    "kind", .choice(targets.map(\.name)), required: true,
                    "where releases run: " + kinds.joined(separator: ", ")),
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
                    "reload", .object(ReloadReader.schema), "what is done once a release runs"),
                KeySchema(
                    "notify", .object(NotifyReader.schema), "who is notified of the end of runs"),
            ] + targets.compactMap(\.section))
    }

    private static func data(_ transports: [TransportSchema]) -> ObjectSchema {
        ObjectSchema(
            place(transports).keys + TransportSchema.shared(by: transports) + [
                KeySchema("file_system", .string, "EFS file system of routes transfer and bucket"),
                KeySchema(
                    "backup", .object(CloudSchema.backup),
                    "make a backup of the file system before a slot is written"),
            ] + transports.compactMap(\.mapping))
    }

    /// Where the slots are and how releases lie there, whatever the transport.
    static func place(_ transports: [TransportSchema]) -> ObjectSchema {
        ObjectSchema([
            KeySchema(
                "route", .choice(transports.map(\.name)), default: transports.first?.name,
                "how data gets there"),
            KeySchema("root", .string, required: true, "the folder that holds the slots"),
            KeySchema(
                "layout", .choice(DataLayout.allCases.map(\.rawValue)),
                default: DataLayout.slots.rawValue,
                "slots, full: a folder for each release, or in-place: one, without instant rollback"
            ),
            KeySchema(
                "sync", .string,
                "the sync stage whose files lie here; required where the definition has several"),
            KeySchema(
                "slots", .integer(2...1000), default: "3",
                "data folders: 2 or 3, which keep the fallback safe, or more with layout full"),
            KeySchema(
                "verify", .choice(DataVerification.allCases.map(\.rawValue)),
                default: DataVerification.sizes.rawValue,
                "what is read back before a release counts: sizes, sample or full"),
        ])
    }

    static let site = ObjectSchema([
        KeySchema(
            "port", .integer(1...65535), "port of this machine; required where the site runs here"),
        KeySchema(
            "container_port", .integer(1...65535), default: "8000", "port inside the container"),
        KeySchema("mount", .object(mount), "which folder of the slot the site sees, and where"),
        KeySchema(
            "mounts", .list(.object(mount)),
            "several folders of the slot, each with the place where the site sees it"),
        KeySchema(
            "command", .either([.string, .list(.string)]),
            "how the process starts (preview), or the container instead of as its image says (local); {port} is filled"
        ),
        KeySchema("environment", .map(.scalar), "variables set for the site"),
        KeySchema(
            "pass_environment", .list(.string),
            "names of the operator's variables that the process gets besides (preview)"),
        KeySchema(
            "front", .object(front),
            "how nginx in front of the site treats requests (local, preview)"),
        KeySchema("health", .object(health), "the address of the site's health check"),
        KeySchema("smoke", .list(.object(smoke)), "pages that must answer before a release counts"),
    ])

    static let mount = ObjectSchema([
        KeySchema("from", .string, default: "data", "folder in the slot"),
        KeySchema(
            "to", .string, default: "/app/data",
            "path that the site sees; of a preview also one in its code"),
    ])

    static let front = ObjectSchema([
        KeySchema(
            "drain", .duration, default: "120s",
            "time that requests under way at a switch may take"),
        KeySchema(
            "body_size", .size,
            "largest body of a request; default: what .platform/nginx/conf.d says, else 1MiB"),
        KeySchema(
            "timeout", .duration,
            "time without a byte until a request is given up; default: as body_size, else 120s"),
    ])

    static let health = ObjectSchema([
        KeySchema("path", .string, default: "/health", "path of the address"),
        KeySchema(
            "identity", .choice(SiteIdentity.allCases.map(\.rawValue)),
            default: SiteIdentity.release.rawValue,
            "how it is known which release answers: release, the answer names it, or none, for sites that cannot tell"
        ),
        KeySchema("successes", .integer(1...100), default: "2", "good answers in a row"),
        KeySchema("steady_for", .duration, default: "1s", "time over which they must last"),
        KeySchema("within", .duration, default: "60s", "time until the release has failed"),
    ])

    static let smoke = ObjectSchema([
        KeySchema("path", .string, required: true, "path of the page"),
        KeySchema("status", .integer(100...599), default: "200", "status that it must answer"),
        KeySchema("contains", .string, "text that the page must hold"),
    ])
}
