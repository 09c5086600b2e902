import YAML

/// Reads one family of units, with the stage's limits as defaults.
struct UnitTemplateReader {
    var validator: SchemaValidator
    let name: String
    let defaults: Node
    let hasWorker: Bool

    mutating func template(_ node: Node, key: Node) -> UnitTemplate? {
        let matrix = (node["matrix"]?.mapping ?? []).compactMap { axis($0.key, $0.value) }
        let parameters = node["parameters"]?.parameterMap ?? [:]
        for entry in node["parameters"]?.mapping ?? [] { checkVariables(entry.value, &validator) }
        let known = Set(matrix.map(\.name)).union(parameters.keys)
        for axis in matrix where parameters[axis.name] != nil {
            validator.report(
                key, "\"\(axis.name)\" is both an axis and a parameter of \"\(name)\"",
                code: "named-twice")
        }
        let command = node["command"].map { commandTemplate($0, known) }
        if command == nil && !hasWorker {
            validator.report(
                key, "\"\(name)\" has neither a command nor a worker", code: "missing-key",
                advice: "add \"command\" here or \"worker\" to the stage")
        }
        let outputs = templates(node["outputs"], known)
        if outputs.isEmpty && node["matrix"] != nil {
            validator.report(
                key, "\"\(name)\" has no outputs", code: "missing-key",
                advice: "name the files that each unit writes")
        }
        requireEachAxis(in: outputs, matrix, node)
        return UnitTemplate(
            name: name, matrix: matrix, parameters: parameters,
            inputs: templates(node["inputs"], known),
            mayRead: templates(node["may_read"], known),
            outputs: outputs, command: command, limits: limits(node), line: key.mark.line)
    }

    private mutating func axis(_ key: Node, _ node: Node) -> Axis? {
        guard let name = key.string else { return nil }
        if let entries = node.sequence {
            let values = entries.compactMap(\.parameterValue)
            if values.isEmpty {
                validator.report(node, "axis \"\(name)\" has no values", code: "missing-key")
            }
            if Set(values).count != values.count {
                validator.report(node, "axis \"\(name)\" names a value twice", code: "named-twice")
            }
            return Axis(name: name, values: .list(values))
        }
        if let function = node["from_worker"]?.string {
            if !hasWorker {
                validator.report(
                    node, "axis \"\(name)\" asks a worker, and the stage has none",
                    code: "missing-key")
            }
            return Axis(
                name: name,
                values: .worker(function: function, inputs: templates(node["inputs"], [])))
        }
        guard let from = node["from"]?.int, let to = node["to"]?.int else {
            validator.report(
                node, "axis \"\(name)\" has no values", code: "missing-key",
                advice: "give a list, or \"from\" and \"to\", or \"from_worker\"")
            return nil
        }
        let step = node["step"]?.int ?? 1
        let numbers = stride(from: from, through: to, by: from <= to ? step : -step)
        return Axis(name: name, values: .list(numbers.map(ParameterValue.integer)))
    }

    private mutating func templates(_ node: Node?, _ known: Set<String>) -> [Template] {
        (node?.oneOrMore ?? []).compactMap { entry in
            let before = validator.diagnostics.count
            checkProjectPath(entry, &validator)
            // A variable of a shell is no place.
            if validator.diagnostics.dropFirst(before).contains(where: { $0.code == "shell-syntax" }
            ) {
                return nil
            }
            return CommandReader.template(entry.string ?? "", at: entry, known, &validator)
        }
    }

    private mutating func commandTemplate(_ node: Node, _ known: Set<String>) -> [Template] {
        CommandReader.templates(
            node, known: known.union(["input", "inputs", "output", "outputs"]), &validator)
    }

    /// Two units of a family must not share an output: each axis with several values shows in it.
    private mutating func requireEachAxis(in outputs: [Template], _ matrix: [Axis], _ node: Node) {
        for (index, output) in outputs.enumerated() {
            for axis in matrix where !output.places.contains(axis.name) {
                if case .list(let values) = axis.values, values.count < 2 { continue }
                let place = node["outputs"]?.oneOrMore[index] ?? node
                validator.report(
                    place, "several units would write \"\(output.source)\"", code: "same-output",
                    advice: "put {\(axis.name)} into the name")
            }
        }
    }

    private func limits(_ node: Node) -> UnitLimits {
        func value(_ key: String) -> Node? { node[key] ?? defaults[key] }
        return UnitLimits(
            check: value("check")?.string.flatMap(OutputCheck.init),
            timeout: value("timeout")?.string.flatMap(Quantity.seconds),
            retries: value("retries")?.int ?? 0,
            memory: value("memory")?.string.flatMap(Quantity.bytes),
            priority: value("priority")?.int ?? 0, isTraced: value("trace")?.bool ?? true)
    }
}
