import YAML

/// Reads `pipeline/environments/NAME.yaml`. Pure: text in, environment or findings out.
package enum EnvironmentReader {
    /// - Throws: `DefinitionError` with every finding.
    package static func read(
        _ text: String, name: String, file: String, transports: [TransportSchema],
        targets: [TargetSchema] = TargetSchema.builtIn
    ) throws(DefinitionError) -> EnvironmentDefinition {
        let document = try parseDocument(text, file: file)
        var validator = SchemaValidator(file: file)
        validator.check(
            document, against: EnvironmentSchema.root(transports, targets),
            what: "the environment")
        // One that is not known is among the findings.
        let kind = targets.first { $0.name == document["kind"]?.string } ?? .local
        if validator.diagnostics.isEmpty {
            TargetReader.check(document, kind, &validator)
            checkMounts(document["site"], kind, &validator)
            checkVariables(in: document, &validator)
            _ = command(document["site"]?["command"], &validator)
            DataConfigReader.check(document, transports, kind, &validator)
            CloudReader.check(document, transports, kind, &validator)
            ReloadReader.check(document, &validator)
            NotifyReader.check(document, &validator)
        }
        if let error = DefinitionError(validator.diagnostics) { throw error }
        return EnvironmentDefinition(
            name: name,
            kind: kind,
            options: TargetReader.read(document, kind),
            repository: document["repository"]?.string,
            registry: document["registry"]?.string.flatMap(RegistryOwner.init),
            data: DataConfigReader.read(document["data"], transports, kind),
            site: site(document["site"], kind, validator),
            aws: CloudReader.aws(document["aws"]),
            reload: ReloadReader.read(document["reload"]),
            notify: NotifyReader.read(document["notify"]))
    }

    private static func checkMounts(
        _ site: Node?, _ kind: TargetSchema, _ validator: inout SchemaValidator
    ) {
        for place in ([site?["mount"]] + (site?["mounts"]?.sequence ?? [])).compactMap({ $0?["to"] }
        ) {
            guard let path = place.string, !path.hasPrefix("/") else { continue }
            let isInside = !path.split(separator: "/", omittingEmptySubsequences: false).contains {
                ["", ".", ".."].contains($0)
            }
            if kind.name != TargetSchema.preview.name || !isInside {
                validator.report(
                    place, "\"\(path)\" is no absolute path", code: "bad-path",
                    advice:
                        "a container sees the folder at an absolute path, such as /app/data; only a preview may see it "
                        + "at a path in its code")
            }
        }
        guard let mounts = site?["mounts"] else { return }
        let count = (mounts.sequence?.count ?? 0) + (site?["mount"] == nil ? 0 : 1)
        if kind.seesOneFolder, count > 1 {
            validator.report(
                mounts, "an environment of kind \(kind.name) sees one folder of the data",
                code: "bad-value",
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

    private static func site(
        _ node: Node?, _ kind: TargetSchema, _ validator: SchemaValidator
    ) -> SiteSettings {
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
                path: node?["health"]?["path"] == nil ? kind.healthPath : health.word("path"),
                identity: SiteIdentity(rawValue: health.word("identity")) ?? .release,
                successes: health.integer("successes"),
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
