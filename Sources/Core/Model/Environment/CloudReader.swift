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
        return BeanstalkConfig(
            application: node["application"]?.string ?? "",
            environment: node["environment"]?.string ?? "", files: node["files"]?.string,
            mount: node["mount"]?.string ?? "/efs", root: node["root"]?.string,
            versions: node["versions"]?.int ?? 10, patience: seconds(node["patience"], 900),
            timeout: seconds(node["timeout"], 1800), settle: seconds(node["settle"], 150),
            fallsBack: node["fall_back"]?.bool ?? true,
            url: node["url"]?.string)
    }

    static func ecs(_ node: Node?) -> ECSConfig? {
        guard let node else { return nil }
        return ECSConfig(
            cluster: node["cluster"]?.string ?? "",
            services: (node["services"]?.sequence ?? []).map { service in
                let name = service["name"]?.string ?? ""
                return ECSConfig.Service(
                    name: name, container: service["container"]?.string ?? name,
                    access: service["access"]?.string.flatMap(ECSConfig.Access.init) ?? .readOnly)
            },
            volume: node["volume"]?.string ?? "data", patience: seconds(node["patience"], 900),
            timeout: seconds(node["timeout"], 1800), settle: seconds(node["settle"], 150),
            fallsBack: node["fall_back"]?.bool ?? true,
            url: node["url"]?.string)
    }

    private static func seconds(_ node: Node?, _ fallback: Double) -> Double {
        node?.string.flatMap(Quantity.seconds) ?? fallback
    }
}
