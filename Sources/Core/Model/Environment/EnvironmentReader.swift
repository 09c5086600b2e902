import YAML

/// Reads `pipeline/environments/NAME.yaml`. Pure: text in, environment or findings out.
package enum EnvironmentReader {
    /// - Throws: `DefinitionError` with every finding.
    package static func read(
        _ text: String, name: String, file: String, transports: [TransportSchema]
    ) throws(DefinitionError) -> EnvironmentDefinition {
        let document = try parseDocument(text, file: file)
        var validator = SchemaValidator(file: file)
        validator.check(
            document, against: EnvironmentSchema.root(transports), what: "the environment")
        if validator.diagnostics.isEmpty {
            checkKind(document, &validator)
            checkVariables(in: document, &validator)
            _ = command(document["site"]?["command"], &validator)
            DataConfigReader.check(document, transports, &validator)
            CloudReader.check(document, transports, &validator)
            ReloadReader.check(document, &validator)
            NotifyReader.check(document, &validator)
        }
        if let error = DefinitionError(validator.diagnostics) { throw error }
        return EnvironmentDefinition(
            name: name,
            kind: document["kind"]?.string.flatMap(EnvironmentKind.init) ?? .local,
            repository: document["repository"]?.string,
            registry: document["registry"]?.string.flatMap(RegistryOwner.init),
            data: DataConfigReader.read(document["data"], transports),
            site: site(document["site"], validator),
            aws: CloudReader.aws(document["aws"]),
            beanstalk: CloudReader.beanstalk(document["beanstalk"]),
            ecs: CloudReader.ecs(document["ecs"]),
            reload: ReloadReader.read(document["reload"]),
            notify: NotifyReader.read(document["notify"]))
    }

    private static func checkKind(_ document: Node, _ validator: inout SchemaValidator) {
        if document["site"] == nil, document["kind"]?.string != EnvironmentKind.data.rawValue {
            validator.report(
                document, "the environment has no \"site\"", code: "missing-key",
                advice: "say how the site is started, or make the environment one of kind data")
        }
        let kind = document["kind"]?.string.flatMap(EnvironmentKind.init)
        checkMounts(document["site"], kind, &validator)
        if kind?.isHere == true, let site = document["site"], site["port"] == nil {
            validator.report(
                site, "the site runs on this machine and has no \"port\"", code: "missing-key",
                advice: "write a free port of this machine")
        }
        switch document["kind"]?.string {
        case EnvironmentKind.local.rawValue where document["repository"] == nil:
            validator.report(
                document, "an environment of kind local has no \"repository\"", code: "missing-key",
                advice: "name a registry and path, such as 127.0.0.1:5000/my-site")
        case EnvironmentKind.preview.rawValue where document["site"]?["command"] == nil:
            validator.report(
                document["site"] ?? document, "an environment of kind preview has no \"command\"",
                code: "missing-key",
                advice: "say under \"site\" how the process starts")
        default: break
        }
    }

    private static func checkMounts(
        _ site: Node?, _ kind: EnvironmentKind?, _ validator: inout SchemaValidator
    ) {
        guard let mounts = site?["mounts"] else { return }
        let count = (mounts.sequence?.count ?? 0) + (site?["mount"] == nil ? 0 : 1)
        if kind == .ecs, count > 1 {
            validator.report(
                mounts, "services of ECS see one folder of the data", code: "bad-value",
                advice: "mount the folder that holds the others")
        }
    }

    /// Nothing is expanded in the file, except the address of a webhook. What goes to the site's own HTTP interface is
    /// not looked at.
    private static func checkVariables(in node: Node, _ validator: inout SchemaValidator) {
        for (key, value) in node.mapping ?? [] {
            let name = key.string ?? ""
            if ["notify", "reload", "command", "smoke"].contains(name) { continue }
            // ssh knows a home itself.
            if ["identity", "known_hosts"].contains(name), value.string?.hasPrefix("~/") == true {
                continue
            }
            checkVariables(in: value, &validator)
        }
        for entry in node.sequence ?? [] { checkVariables(in: entry, &validator) }
        if node.string != nil { PipelineModel.checkVariables(node, &validator) }
    }

    private static func site(_ node: Node?, _ validator: SchemaValidator) -> SiteSettings {
        var validator = validator
        let site = TableReader(EnvironmentSchema.site, node)
        let health = TableReader(EnvironmentSchema.health, node?["health"])
        return SiteSettings(
            // Required where the site runs here, and without effect elsewhere.
            port: node?["port"]?.int ?? 8000,
            containerPort: site.integer("container_port"), mounts: mounts(node),
            command: command(node?["command"], &validator),
            environment: node?["environment"]?.stringMap ?? [:],
            passedEnvironment: node?["pass_environment"]?.sequence?.compactMap(\.string) ?? [],
            front: front(node?["front"]),
            health: HealthSettings(
                path: health.word("path"), successes: health.integer("successes"),
                steadyFor: health.seconds("steady_for"), within: health.seconds("within")),
            smoke: (node?["smoke"]?.sequence ?? []).map { check in
                let table = TableReader(EnvironmentSchema.smoke, check)
                return SmokeCheck(
                    path: table.text("path") ?? "/", status: table.integer("status"),
                    contains: table.text("contains"))
            })
    }

    private static func mounts(_ node: Node?) -> [SiteMount] {
        let others = node?["mounts"]?.sequence ?? []
        func read(_ node: Node?) -> SiteMount {
            let mount = TableReader(EnvironmentSchema.mount, node)
            return SiteMount(from: mount.word("from"), to: mount.word("to"))
        }
        let first = node?["mount"]
        return (others.isEmpty || first != nil ? [read(first)] : []) + others.map(read)
    }

    private static func front(_ node: Node?) -> FrontConfig {
        let table = TableReader(EnvironmentSchema.front, node)
        return FrontConfig(
            drain: table.seconds("drain"),
            bodySize: table.text("body_size").flatMap(Quantity.bytes),
            timeout: table.text("timeout").flatMap(Quantity.seconds))
    }

    private static func command(
        _ node: Node?, _ validator: inout SchemaValidator
    ) -> [Template] {
        node.map { CommandReader.templates($0, known: ["port", "root"], &validator) } ?? []
    }
}
