package import Failures
import JSON
package import Paths
package import PipelineModel

/// Facts from outside the definition that units of a stage depend on.
package struct StageEnvironment: Sendable {
    /// Values of the variables that the stage takes from its caller; unset ones are left out.
    package let variables: [String: String]
    /// What each probed tool printed, by its command line.
    package let tools: [String: String]
    /// Project files that the stage's code patterns match.
    package let code: [String]
    /// What could not be listed on the way to them.
    package let unreadable: [Failure]

    package init(
        variables: [String: String], tools: [String: String], code: [String],
        unreadable: [Failure] = []
    ) {
        self.unreadable = unreadable
        self.variables = variables
        self.tools = tools
        self.code = code
    }
}

/// Turns the rules of a stage into units. Pure: questions about files go through closures.
package struct UnitExpander {
    package let stage: Stage
    package let content: UnitStage
    package let environment: StageEnvironment
    /// Whether a project-relative path is an existing file.
    package let isFile: (String) -> Bool

    package init(
        stage: Stage, content: UnitStage, environment: StageEnvironment,
        isFile: @escaping (String) -> Bool
    ) {
        self.stage = stage
        self.content = content
        self.environment = environment
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
        /// Of a unit that writes in place those that it is known to have made.
        package private(set) var outputs: [String]
        package var inPlace: InPlaceOutputs?
        /// Why its outputs can have no names; nil where they can.
        package var fault: Failure?

        /// With what the last success of a unit that writes in place has made.
        package func knowing(_ memory: UnitMemory?) -> Draft {
            guard inPlace != nil else { return self }
            var draft = self
            draft.outputs = memory?.success?.outputs.map(\.path).sorted() ?? []  // none made yet
            return draft
        }
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
            switch axes(of: template, memory) {
            case .known(let axes):
                drafts += (0..<Self.count(axes)).map { draft(template, axes, at: $0) }
            case .unknown(let axis): unknown.append(axis)
            }
        }
        return (drafts, unknown)
    }

    /// Single units, by their places in the order of `axisDrafts` and then `drafts`: as those have them, without the
    /// others. Places beyond them are left out.
    package func drafts(at places: some Sequence<Int>, _ memory: AxisMemory) -> [Draft] {
        let questions = axisDrafts()
        let families = content.templates.compactMap { template -> Family? in
            guard case .known(let axes) = axes(of: template, memory) else { return nil }
            return Family(template: template, axes: axes, count: Self.count(axes))
        }
        return places.compactMap { place in
            if place < questions.count { return questions[place] }
            var rest = place - questions.count
            for family in families {
                if rest < family.count { return draft(family.template, family.axes, at: rest) }
                rest -= family.count
            }
            return nil
        }
    }

    private struct Family {
        let template: UnitTemplate
        let axes: [[ParameterValue]]
        let count: Int
    }

    private enum Axes {
        case known([[ParameterValue]])
        case unknown(String)
    }

    private func axes(of template: UnitTemplate, _ memory: AxisMemory) -> Axes {
        var axes: [[ParameterValue]] = []
        for axis in template.matrix {
            guard let values = values(of: axis, in: template, memory) else {
                return .unknown(axisName(template, axis))
            }
            axes.append(values)
        }
        return .known(axes)
    }

    private static func count(_ axes: [[ParameterValue]]) -> Int {
        axes.reduce(1) { $0 * $1.count }
    }

    /// The unit at a place of its rule: the last axis varies fastest.
    private func draft(
        _ template: UnitTemplate, _ axes: [[ParameterValue]], at place: Int
    ) -> Draft {
        var rest = place
        var values: [ParameterValue] = []
        for axis in axes.reversed() {
            values.append(axis[rest % axis.count])
            rest /= axis.count
        }
        return draft(template, Array(values.reversed()))
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
        let names = template.limits.names
        func filled(_ template: Template, _ form: (String) -> String) -> String {
            template.filled { place, width in
                parameters[place].map { Self.padded(form($0.text), to: width) }
            } ?? template.source
        }
        let path = { (template: Template) in filled(template, names.written) }
        let pattern = { (template: Template) in PathPattern(filled(template, names.inPattern)) }
        return Draft(
            name: name, template: template,
            kind: template.command.map(UnitSpec.Kind.command)
                ?? .worker(function: template.name),
            parameters: parameters,
            inputs: template.inputs.map(pattern), mayRead: template.mayRead.map(pattern),
            outputs: template.outputs.map(path),
            inPlace: template.inPlace.map { inPlace in
                InPlaceOutputs(
                    outputs: inPlace.outputs.map(pattern), markers: inPlace.markers.map(pattern),
                    existing: inPlace.existing)
            },
            fault: names == .verbatim ? Self.fault(template, parameters, name, path) : nil)
    }

    /// Why the outputs of a unit can have no names; nil where they can.
    private static func fault(
        _ template: UnitTemplate, _ parameters: [String: ParameterValue], _ unit: String,
        _ path: (Template) -> String
    ) -> Failure? {
        let names = template.limits.names
        let outputs = template.inPlace?.outputs ?? template.outputs
        let written = outputs.filter { !$0.places.isEmpty }
        let ofValues = written.flatMap(\.places).lazy.compactMap { place in
            parameters[place].flatMap { value in
                names.fault(ofValue: value.text).map { "\"\(value.text)\": \($0)" }
            }
        }
        let ofPaths = written.compactMap { names.fault(ofPath: path($0)) }
        guard let cause = ofValues.first ?? ofPaths.first else { return nil }
        return Failure(
            "name-impossible", "no file can have the name of an output of \"\(unit)\"",
            cause: cause,
            next: "take \"names: verbatim\" away, or give the axis other values")
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The finished unit, once its inputs are known.
    ///
    /// - Parameter mayRead: what could not be listed there is left to who reads it.
    package func unit(_ draft: Draft, inputs: FoundFiles, mayRead: [String]) -> UnitSpec {
        UnitSpec(
            name: draft.name, stage: stage.name, template: draft.template.name, kind: draft.kind,
            parameters: draft.parameters, inputs: inputs.paths, mayRead: mayRead,
            outputs: draft.outputs, recipe: recipe(draft),
            declaredCode: declaredCode(draft, data: Set(inputs.paths + mayRead + draft.outputs)),
            limits: draft.template.limits,
            unreadable: [draft.fault].compactMap(\.self) + inputs.unreadable
                + environment.unreadable,
            inPlace: draft.inPlace)
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
        // What is set in the definition is what the unit gets, passed on or not.
        let passed = Set(content.passEnvironment).subtracting(content.environment.keys)
        entries += passed.map {
            .init("environment \($0)", environment.variables[$0] ?? "(unset)")
        }
        entries += environment.tools.map { .init("tool \($0.key)", $0.value) }
        let outputs = draft.inPlace?.outputs.map(\.source) ?? draft.outputs
        entries.append(.init("outputs", JSONText.array(strings: outputs)))
        return ComponentSet(entries)
    }

    /// Whether a path is one of these, or lies in one that is a folder.
    private static func lies(_ path: String, in data: Set<String>) -> Bool {
        data.contains(path) || PathText.ancestors(path).contains(where: data.contains)
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
            !$0.hasPrefix("/") && !$0.hasPrefix("-") && !Self.lies($0, in: data) && isFile($0)
        }
        return Array(Set(named + environment.code)).sorted()
    }
}
