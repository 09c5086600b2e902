package import PipelineModel

/// Facts from outside the definition that units of a stage depend on.
package struct StageSurroundings: Sendable {
    /// Values of the variables that the stage takes from its caller; unset ones are left out.
    package let variables: [String: String]
    /// What each probed tool printed, by its command line.
    package let tools: [String: String]
    /// Project files that the stage's code patterns match.
    package let code: [String]

    package init(variables: [String: String], tools: [String: String], code: [String]) {
        self.variables = variables
        self.tools = tools
        self.code = code
    }
}

/// Turns the families of a stage into units. Pure: questions about files go through closures.
package struct UnitExpander {
    package let stage: Stage
    package let content: UnitStage
    package let surroundings: StageSurroundings
    /// Whether a project-relative path is an existing file.
    package let isFile: (String) -> Bool

    package init(
        stage: Stage, content: UnitStage, surroundings: StageSurroundings,
        isFile: @escaping (String) -> Bool
    ) {
        self.stage = stage
        self.content = content
        self.surroundings = surroundings
        self.isFile = isFile
    }

    /// The values of axes that only the worker knows, by the name of the axis's own unit.
    package typealias AxisMemory = [String: [ParameterValue]]

    /// A unit before its input patterns are resolved.
    package struct Draft {
        package let name: String
        package let template: UnitTemplate
        package let kind: UnitSpec.Kind
        package let parameters: [String: ParameterValue]
        package let inputs: [PathPattern]
        package let mayRead: [PathPattern]
        package let outputs: [String]
    }

    /// The units that ask the worker for axis values, each by the axis it serves.
    package func axisDrafts() -> [Draft] {
        content.templates.flatMap { template in
            template.matrix.compactMap { axis in
                guard case .worker(let function, let inputs) = axis.values else { return nil }
                return Draft(
                    name: axisName(template, axis), template: template,
                    kind: .axis(function: function), parameters: template.parameters,
                    inputs: inputs.map { PathPattern($0.source) }, mayRead: [], outputs: [])
            }
        }
    }

    package func axisName(_ template: UnitTemplate, _ axis: Axis) -> String {
        "\(stage.name)/\(template.name)/@\(axis.name)"
    }

    /// The units whose axes are all known, and the names of axes that are not known yet.
    package func drafts(_ memory: AxisMemory) -> (drafts: [Draft], unknownAxes: [String]) {
        var drafts: [Draft] = []
        var unknown: [String] = []
        for template in content.templates {
            var combinations: [[ParameterValue]] = [[]]
            for axis in template.matrix {
                guard let values = values(of: axis, in: template, memory) else {
                    unknown.append(axisName(template, axis))
                    combinations = []
                    break
                }
                combinations = combinations.flatMap { head in values.map { head + [$0] } }
            }
            drafts += combinations.map { draft(template, $0) }
        }
        return (drafts, unknown)
    }

    private func values(
        of axis: Axis, in template: UnitTemplate, _ memory: AxisMemory
    ) -> [ParameterValue]? {
        switch axis.values {
        case .list(let values): values
        case .worker: memory[axisName(template, axis)]
        }
    }

    private func draft(_ template: UnitTemplate, _ values: [ParameterValue]) -> Draft {
        var parameters = template.parameters
        var name = template.name == stage.name ? stage.name : "\(stage.name)/\(template.name)"
        for (axis, value) in zip(template.matrix, values) {
            parameters[axis.name] = value
            name += "/" + SafeName.encode(value.text)
        }
        let path = { (template: Template) in
            template.filled { place, width in
                parameters[place].map { Self.padded(SafeName.encode($0.text), to: width) }
            } ?? template.source
        }
        return Draft(
            name: name, template: template,
            kind: template.command.map(UnitSpec.Kind.command)
                ?? .worker(function: template.name),
            parameters: parameters,
            inputs: template.inputs.map { PathPattern(path($0)) },
            mayRead: template.mayRead.map { PathPattern(path($0)) },
            outputs: template.outputs.map(path))
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The finished unit, once its inputs are known.
    package func unit(_ draft: Draft, inputs: [String], mayRead: [String]) -> UnitSpec {
        UnitSpec(
            name: draft.name, stage: stage.name, template: draft.template.name, kind: draft.kind,
            parameters: draft.parameters, inputs: inputs, mayRead: mayRead,
            outputs: draft.outputs, recipe: recipe(draft),
            declaredCode: declaredCode(draft, data: Set(inputs + mayRead + draft.outputs)),
            limits: draft.template.limits)
    }

    private func recipe(_ draft: Draft) -> ComponentSet {
        var entries: [ComponentSet.Entry] = []
        switch draft.kind {
        case .worker(let function), .axis(let function):
            entries.append(.init("worker", (content.worker ?? []).joined(separator: " ")))
            entries.append(.init("function", function))
        case .command(let words):
            entries.append(.init("command", words.map(\.source).joined(separator: " ")))
        }
        entries += draft.parameters.map { .init("parameter \($0.key)", $0.value.json) }
        entries += content.environment.map { .init("environment \($0.key)", $0.value) }
        entries += content.passEnvironment.map {
            .init("environment \($0)", surroundings.variables[$0] ?? "(unset)")
        }
        entries += surroundings.tools.map { .init("tool \($0.key)", $0.value) }
        entries.append(
            .init("outputs", CanonicalJSON.array(draft.outputs.map(CanonicalJSON.string))))
        return ComponentSet(entries)
    }

    /// Files of the project that the command line itself names, and the stage's code. What the unit reads or writes
    /// as data counts as that, by whatever name the command calls it.
    private func declaredCode(_ draft: Draft, data: Set<String>) -> [String] {
        let words: [String] =
            switch draft.kind {
            case .worker, .axis: content.worker ?? []
            case .command(let templates): templates.filter { $0.places.isEmpty }.map(\.source)
            }
        let plain = words.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
        let named = plain.filter {
            !$0.hasPrefix("/") && !$0.hasPrefix("-") && !data.contains($0) && isFile($0)
        }
        return Array(Set(named + surroundings.code)).sorted()
    }
}
