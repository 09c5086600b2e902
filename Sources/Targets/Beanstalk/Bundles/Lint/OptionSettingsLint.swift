import YAML

/// Looks over `option_settings` in both of their forms: options by namespace, or a list of options
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-optionsettings.html).
struct OptionSettingsLint {
    let file: String
    let settings: BundleSettings

    func findings(_ node: Node) -> [BundleFinding] {
        if let namespaces = node.mapping {
            return namespaces.flatMap { inNamespace($0.key, $0.value) }
        }
        if let options = node.sequence { return options.flatMap(inList) }
        if node.isNull { return [] }
        return [
            finding(
                .error, node.mark,
                "namespaces or a list of options are expected, and here is \(node.kindName)",
                "write the namespace, and below it the options")
        ]
    }

    private func inNamespace(_ key: Node, _ value: Node) -> [BundleFinding] {
        let namespace = key.text ?? ""
        var findings = check(namespace: namespace, key.mark)
        guard let options = value.mapping else {
            if !value.isNull {
                findings.append(
                    finding(
                        .error, value.mark,
                        "\"\(namespace)\" holds options with values, and here is \(value.kindName)",
                        "indent its options below it"))
            }
            return findings
        }
        for (option, value) in options {
            findings += check(namespace, option.text ?? "", option.mark, value)
        }
        return findings
    }

    private func inList(_ node: Node) -> [BundleFinding] {
        guard let name = node["option_name"], let option = name.text, let value = node["value"]
        else {
            return [
                finding(
                    .error, node.mark, "an option in a list has an option_name and a value",
                    "add what is missing")
            ]
        }
        // Without a namespace it is a variable of the environment.
        let namespace = node["namespace"]?.text ?? PipelineConfig.environment
        return check(namespace: namespace, node["namespace"]?.mark ?? node.mark)
            + check(namespace, option, name.mark, value)
    }

    private func check(namespace: String, _ mark: Mark) -> [BundleFinding] {
        if namespace.hasPrefix("aws:") { return [] }
        return [
            finding(
                .warning, mark, "\"\(namespace)\" is no namespace of Beanstalk's options",
                "write the whole of it, such as \(PipelineConfig.environment)")
        ]
    }

    private func check(
        _ namespace: String, _ option: String, _ mark: Mark, _ value: Node
    ) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        if value.isNull {
            findings.append(
                finding(
                    .warning, mark, "\"\(option)\" has no value",
                    "write one, or remove the option"))
        } else if value.text == nil, !isFunction(value) {
            findings.append(
                finding(
                    .error, value.mark,
                    "the value of \"\(option)\" is one word or text, and here is \(value.kindName)",
                    "write it as a text in quotes"))
        }
        guard isSetByTool(namespace, option) else { return findings }
        // Of two files the one whose name comes later counts.
        let wins = GeneratedPath.config.utf8.lexicographicallyPrecedes(file.utf8)
        findings.append(
            finding(
                wins ? .error : .warning, mark,
                "\"\(option)\" is set by this tool as well"
                    + (wins ? ", and this file would win by its name" : ", which wins"),
                "remove it here"))
        return findings
    }

    /// A function of CloudFormation, whose answer is the value
    /// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-functions.html): `{ Ref: … }`,
    /// `{ "Fn::GetAtt": […] }`.
    private func isFunction(_ node: Node) -> Bool {
        guard let members = node.mapping, members.count == 1, let name = members[0].key.text else {
            return false
        }
        return name == "Ref" || name.hasPrefix("Fn::")
    }

    private func isSetByTool(_ namespace: String, _ option: String) -> Bool {
        switch namespace {
        case PipelineConfig.environment:
            return PipelineConfig.variables(settings)[option] != nil
        case PipelineConfig.command: return option == "Timeout" && settings.commandTimeout != nil
        default: return false
        }
    }

    private func finding(
        _ severity: BundleFinding.Severity, _ mark: Mark, _ text: String, _ advice: String
    ) -> BundleFinding {
        BundleFinding(severity, file, mark, text, advice: advice)
    }
}
