import YAML

/// Reads what an environment says of its kind. Pure.
enum TargetReader {
    /// Findings that a table of keys cannot express.
    static func check(
        _ document: Node, _ kind: TargetSchema, _ validator: inout SchemaValidator
    ) {
        if kind.needs.contains(.site), document["site"] == nil {
            validator.report(
                document, "the environment has no \"site\"", code: "missing-key",
                advice: "say how the site is started, or make the environment one of kind data")
        }
        if kind.needs.contains(.port), let site = document["site"], site["port"] == nil {
            validator.report(
                site, "the site runs on this machine and has no \"port\"", code: "missing-key",
                advice: "write a free port of this machine")
        }
        if !kind.needs.contains(.site), let node = document["site"]?["health"]?["identity"] {
            validator.report(
                node, "\"identity\" has no effect in an environment of kind \(kind.name)",
                code: "bad-value", advice: "take it out: no site of this kind is started")
        }
        if kind.needs.contains(.command), document["site"]?["command"] == nil {
            missing(
                "command", document["site"] ?? document, kind, &validator,
                "say under \"site\" how the process starts")
        }
        if kind.needs.contains(.repository), document["repository"] == nil {
            missing(
                "repository", document, kind, &validator,
                "name a registry and path, such as 127.0.0.1:5000/my-site or public.ecr.aws/alias/my-site"
            )
        }
        if kind.needs.contains(.section), document[kind.name] == nil {
            missing(
                kind.name, document, kind, &validator,
                "docs/reference/environment.yaml tells what stands there")
        }
        if kind.needs.contains(.bucket), document["aws"]?["bucket"] == nil {
            missing(
                "bucket", document["aws"] ?? document, kind, &validator,
                "name a bucket that all operators can write: the environment's record is kept there"
            )
        }
        checkLayout(document, kind, &validator)
        guard let section = document[kind.name] else { return }
        for finding in kind.findings(read(document, kind)) {
            validator.report(
                node(finding.key, in: section), finding.text, code: finding.code,
                advice: finding.advice)
        }
    }

    /// The value of a key, or where it is not written the nearest mapping or list around it.
    private static func node(_ key: String, in section: Node) -> Node {
        var node = section
        for part in key.split(separator: ".") {
            let entries = node.sequence ?? []  // none where the node is a mapping
            let index = Int(part)
            let inner =
                index.map { entries.indices.contains($0) ? entries[$0] : nil } ?? node[String(part)]
            guard let inner else { break }
            node = inner
        }
        return node
    }

    private static func missing(
        _ key: String, _ node: Node, _ kind: TargetSchema, _ validator: inout SchemaValidator,
        _ advice: String
    ) {
        validator.report(
            node, "an environment of kind \(kind.name) has no \"\(key)\"", code: "missing-key",
            advice: advice)
    }

    private static func checkLayout(
        _ document: Node, _ kind: TargetSchema, _ validator: inout SchemaValidator
    ) {
        guard let node = document["data"]?["layout"],
            let layout = node.string.flatMap(DataLayout.init), !kind.layouts.contains(layout)
        else { return }
        validator.report(
            node,
            "an environment of kind \(kind.name) cannot have layout \(layout.rawValue)",
            code: "bad-value",
            advice: "write one of " + kind.layouts.map(\.rawValue).joined(separator: ", "))
    }

    /// The values of the kind's own keys; in a mapping that is written, defaults stand for what is not.
    static func read(_ document: Node, _ kind: TargetSchema) -> TargetOptions {
        guard let section = kind.section, let node = document[kind.name] else {
            return TargetOptions()
        }
        return TargetOptions(node, section.type)
    }
}
