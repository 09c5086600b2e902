import PipelineModel

/// Services of a cluster of the Elastic Container Service, as an environment's file names them.
struct ECSConfig: Sendable, Hashable {
    let cluster: String
    let services: [Service]
    /// The name of the task definitions' volume that is the file system.
    let volume: String
    /// Seconds: for services that are being changed to settle, and for an update to end.
    let patience: Double
    let timeout: Double
    /// Seconds in which instances or tasks report what they run, once an update has ended.
    let settle: Double
    /// Whether an update that went wrong is followed by one back to what ran before.
    let fallsBack: Bool
    /// Where the site answers, with a slash at its end; nil where nobody can ask it, and the tasks alone are looked at.
    let address: String?

    struct Service: Sendable, Hashable {
        let name: String
        let container: String
        let access: Access
    }

    /// How a service sees the data of the release.
    enum Access: String, CaseIterable, Sendable {
        case readWrite = "read-write"
        case readOnly = "read-only"
        case none
    }

    init(_ options: TargetOptions) {
        cluster = options.text("cluster")
        services = options.list("services").map { service in
            let name = service.text("name")
            return Service(
                name: name, container: service["container"] ?? name,
                access: service.choice("access"))
        }
        volume = options.text("volume")
        patience = options.duration("patience")
        timeout = options.duration("timeout")
        settle = options.duration("settle")
        fallsBack = options.boolean("fall_back")
        address = options["url"].map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }
}

extension TargetSchema {
    static let ecs = TargetSchema(
        name: "ecs", summary: "services of an ECS cluster",
        keys: [
            KeySchema("cluster", .string, required: true, "name of the cluster"),
            KeySchema(
                "services", .list(.object(service)), required: true, "services that run the image"),
            KeySchema(
                "volume", .string, default: "data",
                "volume of the task definitions that is the file system"),
            KeySchema(
                "patience", .duration, default: "15m", "time for busy services to settle"),
            KeySchema("timeout", .duration, default: "30m", "time for an update to end"),
            KeySchema(
                "settle", .duration, default: "150s",
                "time for instances or tasks to report the new version after an update"),
            KeySchema(
                "fall_back", .boolean, default: "true", "go back by itself to what ran before"),
            KeySchema(
                "url", .string, "address of the site; without it only the tasks are looked at"),
        ], keysHelp: "the services of an ECS cluster",
        needs: [.site, .repository, .aws, .bucket, .section], seesOneFolder: true,
        findings: findings)

    private static let service = ObjectSchema([
        KeySchema("name", .string, required: true, "name of the service"),
        KeySchema(
            "container", .string, "container of its task definition; default: the service's name"),
        KeySchema(
            "access", .choice(ECSConfig.Access.allCases.map(\.rawValue)),
            default: ECSConfig.Access.readOnly.rawValue,
            "how it sees the data: read-write, read-only or none"),
    ])

    private static func findings(_ options: TargetOptions) -> [Finding] {
        let names = options.list("services").map { $0.text("name") }
        if names.isEmpty {
            return [
                Finding(
                    "services", "no service is named", code: "missing-key",
                    advice: "name those that run the image")
            ]
        }
        return names.indices.filter { names[..<$0].contains(names[$0]) }.map {
            Finding(
                "services.\($0).name", "service \"\(names[$0])\" is named twice",
                code: "named-twice", advice: "remove one of the two")
        }
    }
}
