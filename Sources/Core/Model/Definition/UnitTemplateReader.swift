import FileFormats
import Spelling
import YAML

/// Reads one rule, with the stage's limits as defaults.
struct UnitTemplateReader {
    var validator: SchemaValidator
    let name: String
    let defaults: Node
    let hasWorker: Bool
    let roots: Set<String>
    /// Whether the command may write its outputs to their places by itself: a stage of kind run.
    var mayWriteInPlace = false

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
        let inPlace = inPlace(node, outputs, command, known)
        checkNames(node, in: outputs)
        if outputs.isEmpty && node["matrix"] != nil {
            validator.report(
                key, "\"\(name)\" has no outputs", code: "missing-key",
                advice: "name the files that each unit writes")
        }
        requireEachAxis(in: outputs, matrix, node)
        return UnitTemplate(
            name: name, matrix: matrix, parameters: parameters,
            inputs: templates(node["inputs"], known, areRead: true),
            mayRead: templates(node["may_read"], known, areRead: true),
            outputs: inPlace == nil ? outputs : [], inPlace: inPlace,
            declaresOutputs: node["outputs"] != nil, command: command,
            limits: limits(node), line: key.mark.line)
    }

    /// A command that is not told where to write writes to the places themselves.
    private mutating func inPlace(
        _ node: Node, _ outputs: [Template], _ command: [Template]?, _ known: Set<String>
    ) -> InPlaceTemplate? {
        let isTold = command?.contains { word in
            word.places.contains { $0 == "output" || $0 == "outputs" }
        }
        if mayWriteInPlace, !outputs.isEmpty, isTold == false {
            return InPlaceTemplate(
                outputs: outputs, markers: templates(node["markers"], known),
                existing: node["existing"]?.string.flatMap(ExistingOutputs.init) ?? .replace)
        }
        for key in ["markers", "existing"] {
            guard let place = node[key] else { continue }
            validator.report(
                place, "\"\(key)\" says nothing of a unit that is given the paths of its outputs",
                code: "missing-key",
                advice: "it belongs to a command with \"outputs\" and without {output}")
        }
        return nil
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
                values: .worker(
                    function: function, inputs: templates(node["inputs"], [], areRead: true)))
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

    /// - Parameter areRead: whether the paths may lie below a root.
    private mutating func templates(
        _ node: Node?, _ known: Set<String>, areRead: Bool = false
    ) -> [Template] {
        (node?.oneOrMore ?? []).compactMap { entry in
            if areRead, let (root, path) = Roots.path(entry.string ?? "") {
                return rooted(entry, root, path, known)
            }
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

    private mutating func rooted(
        _ entry: Node, _ root: String, _ path: String, _ known: Set<String>
    ) -> Template? {
        guard roots.contains(root) else {
            validator.report(
                entry, "\"\(root)\" is no root", code: "no-such-root",
                advice: Spelling.nearest(root, among: Array(roots)).map {
                    "did you mean \"\($0)\"?"
                }
                    ?? "declare it at the top: roots: { \(root.isEmpty ? "raw" : root): /data/lab/raw }"
            )
            return nil
        }
        guard !path.split(separator: "/").dropFirst().contains("..") else {
            validator.report(
                entry, "\"\(entry.string ?? "")\" leaves its root", code: "path-outside",
                advice: "declare the folder that it leads to as a root")
            return nil
        }
        return CommandReader.template(path, at: entry, known, &validator)
    }

    private mutating func commandTemplate(_ node: Node, _ known: Set<String>) -> [Template] {
        CommandReader.templates(
            node, known: known.union(["input", "inputs", "output", "outputs"]), &validator)
    }

    /// Two units of a rule must not share an output: each axis with several values shows in it.
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

    private mutating func check(_ node: Node?) -> OutputCheck? {
        guard let node else { return nil }
        guard node.sequence != nil else {
            return node.string.flatMap { FileFormat(named: $0) }.map(OutputCheck.format)
        }
        let words = CommandReader.templates(node, known: ["output"], &validator)
        if !words.contains(where: { $0.places.contains("output") }) {
            validator.report(
                node, "the check of \"\(name)\" does not name the file: {output}",
                code: "bad-command", advice: "write it like [scripts/is-whole, \"{output}\"]")
        }
        return .command(words)
    }

    private func names(_ node: Node) -> NameForm {
        (node["names"] ?? defaults["names"])?.string.flatMap(NameForm.init) ?? .encoded
    }

    /// Values that are known here and that no name can hold.
    private mutating func checkNames(_ node: Node, in outputs: [Template]) {
        let form = names(node)
        let places = Set(outputs.flatMap(\.places))
        for (key, values) in node["matrix"]?.mapping ?? [] where places.contains(key.string ?? "") {
            for value in values.sequence ?? [] {
                guard let text = value.parameterValue?.text, let fault = form.fault(ofValue: text)
                else { continue }
                validator.report(
                    value, "\"\(text)\" cannot stand in the name of a file: \(fault)",
                    code: "name-impossible",
                    advice: "take \"names: verbatim\" away, or give it another value")
            }
        }
    }

    private mutating func limits(_ node: Node) -> UnitLimits {
        func value(_ key: String) -> Node? { node[key] ?? defaults[key] }
        return UnitLimits(
            check: check(value("check")),
            timeout: value("timeout")?.string.flatMap(Quantity.seconds),
            retries: value("retries")?.int ?? 0,
            memory: value("memory")?.string.flatMap(Quantity.bytes),
            priority: value("priority")?.int ?? 0, isTraced: value("trace")?.bool ?? true,
            names: names(node), isPortable: value("portable")?.bool ?? true)
    }
}
