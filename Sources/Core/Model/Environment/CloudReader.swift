import YAML

/// Reads what an environment says of AWS. Pure.
enum CloudReader {
    /// Findings that a table of keys cannot express.
    static func check(
        _ document: Node, _ transports: [TransportSchema], _ kind: TargetSchema,
        _ validator: inout SchemaValidator
    ) {
        let place = DataConfigReader.schema(document["data"], transports).place
        if kind.needs.contains(.aws) || place == .fileSystem, document["aws"] == nil {
            validator.report(
                document, "the environment lives at AWS and has no \"aws\"", code: "missing-key",
                advice: "write the region, and the account that it must be")
        }
        if let account = document["aws"]?["account"], let text = account.string,
            text.count != 12 || !text.allSatisfy(\.isASCII) || !text.allSatisfy(\.isNumber)
        {
            validator.report(
                account, "an account has twelve digits", code: "bad-value",
                advice: "write it in quotes, with leading zeros")
        }
        if let backup = document["data"]?["backup"], document["data"]?["file_system"] == nil {
            validator.report(
                backup, "a backup needs a \"file_system\"", code: "missing-key",
                advice: "name the EFS file system under \"data\"")
        }
        checkServices(document["ecs"]?["services"], &validator)
        if kind.name == TargetSchema.beanstalk.name, let mount = document["beanstalk"]?["mount"],
            mount.string?.hasPrefix("/") != true
        {
            validator.report(
                mount, "\"mount\" is no absolute path", code: "bad-path",
                advice: "write one, such as /efs")
        }
    }

    private static func checkServices(_ list: Node?, _ validator: inout SchemaValidator) {
        guard let list else { return }
        let services = list.sequence ?? []
        if services.isEmpty {
            validator.report(
                list, "no service is named", code: "missing-key",
                advice: "name those that run the image")
        }
        var seen: Set<String> = []
        for service in services {
            guard let name = service["name"], let text = name.string else { continue }
            if !seen.insert(text).inserted {
                validator.report(
                    name, "service \"\(text)\" is named twice", code: "named-twice",
                    advice: "remove one of the two")
            }
        }
    }

    static func aws(_ node: Node?) -> AWSConfig? {
        guard let node else { return nil }
        return AWSConfig(
            account: node["account"]?.string, region: node["region"]?.string ?? "",
            profile: node["profile"]?.string, endpoint: node["endpoint"]?.string,
            bucket: node["bucket"]?.string)
    }

    static func beanstalk(_ node: Node?) -> BeanstalkConfig? {
        guard let node else { return nil }
        let table = TableReader(CloudSchema.beanstalk, node)
        return BeanstalkConfig(
            application: table.text("application") ?? "",
            environment: table.text("environment") ?? "", files: table.text("files"),
            mount: table.word("mount"), root: table.text("root"),
            versions: table.integer("versions"), patience: table.seconds("patience"),
            timeout: table.seconds("timeout"), settle: table.seconds("settle"),
            fallsBack: table.boolean("fall_back"), url: table.text("url"))
    }

    static func ecs(_ node: Node?) -> ECSConfig? {
        guard let node else { return nil }
        let table = TableReader(CloudSchema.ecs, node)
        return ECSConfig(
            cluster: table.text("cluster") ?? "",
            services: (node["services"]?.sequence ?? []).map { node in
                let service = TableReader(CloudSchema.service, node)
                let name = service.text("name") ?? ""
                return ECSConfig.Service(
                    name: name, container: service.text("container") ?? name,
                    access: service.choice("access"))
            },
            volume: table.word("volume"), patience: table.seconds("patience"),
            timeout: table.seconds("timeout"), settle: table.seconds("settle"),
            fallsBack: table.boolean("fall_back"), url: table.text("url"))
    }
}
