import Spelling
import YAML

/// Reads `pipeline.yaml`. Pure: text in, definition or findings out.
package struct DefinitionReader {
    private var validator: SchemaValidator
    private let executors: [ExecutorSchema]
    private let transports: [TransportSchema]
    private var roots: [String: String] = [:]

    /// - Parameters:
    ///   - executors: those that providers bring; the first is that of stages that name none.
    ///   - transports: those that reach an archive; the first is that of an archive that names none.
    ///   - archive: the text of the file that describes the archive, where that is one of its own.
    /// - Throws: `DefinitionError` with every finding, in the order of the file.
    package static func read(
        _ text: String, file: String, executors: [ExecutorSchema] = [],
        transports: [TransportSchema] = [], archive elsewhere: String? = nil
    ) throws(DefinitionError) -> Definition {
        var reader = DefinitionReader(
            validator: SchemaValidator(file: file), executors: executors,
            transports: transports)
        let document = try parseDocument(text, file: file)
        reader.validator.check(
            document, against: DefinitionSchema.root(executors, transports), what: "the definition")
        try reader.stopIfWrong()
        reader.roots = Roots.read(document["roots"], &reader.validator)
        let stages = reader.stages(document)
        if let archive = document["archive"] {
            ArchiveConfig.check(archive, transports, &reader.validator)
        }
        let described = try? elsewhere.map {  // try?: reported of that file
            try parseDocument($0, file: file)
        }
        reader.checkArchiveUse(stages, document, archive: document["archive"] ?? described ?? nil)
        let notify = document["notify"].flatMap { CommandReader.words($0, &reader.validator) }
        try reader.stopIfWrong()
        return Definition(
            project: document["project"]?.string ?? "",
            stages: stages,
            defaultEnvironment: document["default_environment"]?.string,
            notify: notify, placement: placement(document["placement"]),
            python: document["python"]?.string, roots: reader.roots,
            archive: document["archive"].map { ArchiveConfig($0, transports) })
    }

    /// Reads a file that holds the mapping `archive` alone, where a project does not publish the place in its definition.
    ///
    /// - Throws: `DefinitionError` with every finding, in the order of the file.
    package static func archive(
        _ text: String, file: String, transports: [TransportSchema]
    ) throws(DefinitionError) -> ArchiveConfig {
        var reader = DefinitionReader(
            validator: SchemaValidator(file: file), executors: [], transports: transports)
        let document = try parseDocument(text, file: file)
        reader.validator.check(
            document, against: ArchiveConfig.schema(transports), what: "the archive")
        try reader.stopIfWrong()
        ArchiveConfig.check(document, transports, &reader.validator)
        try reader.stopIfWrong()
        return ArchiveConfig(document, transports)
    }

    private static func placement(_ node: Node?) -> PlacementLimits {
        let defaults = PlacementLimits()
        func size(_ key: String) -> Int64? { node?[key]?.string.flatMap(Quantity.bytes) }
        return PlacementLimits(
            image: size("image_limit") ?? defaults.image,
            smallFile: size("small_file") ?? defaults.smallFile,
            smallFiles: node?["small_files"]?.int ?? defaults.smallFiles)
    }

    private func stopIfWrong() throws(DefinitionError) {
        let inOrder = validator.diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        if let error = DefinitionError(inOrder) { throw error }
    }

    private mutating func stages(_ document: Node) -> [Stage] {
        checkName(document["project"], "the project's name")
        var stages: [(stage: Stage, node: Node)] = []
        for (key, node) in document["stages"]?.mapping ?? [] {
            checkName(key, "a stage's name")
            if let stage = stage(key, node) { stages.append((stage, node)) }
        }
        if stages.isEmpty, let node = document["stages"] {
            validator.report(
                node, "\"stages\" is empty", code: "missing-key",
                advice: "a definition has at least one stage")
        }
        return ordered(stages)
    }

    private mutating func stage(_ key: Node, _ node: Node) -> Stage? {
        let name = key.string ?? ""
        guard let kind = StageKind(rawValue: node["kind"]?.string ?? name) else {
            validator.report(
                key, "stage \"\(name)\" has no \"kind\"", code: "missing-key",
                advice: "add one of " + StageKind.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        let allowed = DefinitionSchema.keys(of: kind, executors)
        for (member, _) in node.mapping ?? [] {
            guard let word = member.string, !allowed.contains(word) else { continue }
            validator.report(
                member, "a stage of kind \(kind.rawValue) takes no \"\(word)\"",
                code: "unknown-key",
                advice: "it takes " + allowed.sorted().joined(separator: ", "))
        }
        let needs = node["needs"]?.strings ?? []
        var content = StageContentReader(
            validator: validator, stage: name, executors: executors, roots: Set(roots.keys))
        let read = content.content(kind, node, key: key)
        validator = content.validator
        return read.map {
            Stage(name: name, kind: kind, needs: needs, content: $0, line: key.mark.line)
        }
    }

    /// Topological order; among stages that could come next, the one written first (Kahn).
    private mutating func ordered(_ stages: [(stage: Stage, node: Node)]) -> [Stage] {
        let names = stages.map(\.stage.name)
        for (stage, node) in stages {
            for need in node["needs"]?.oneOrMore ?? [] {
                guard let word = need.string, !names.contains(word) else { continue }
                let advice = Spelling.nearest(word, among: names).map { "did you mean \"\($0)\"?" }
                validator.report(
                    need, "stage \"\(stage.name)\" needs \"\(word)\", which is no stage",
                    code: "no-such-need",
                    advice: advice)
            }
        }
        checkPushedImages(stages)
        checkDeployments(stages)
        guard validator.diagnostics.isEmpty else { return [] }
        var remaining = stages
        var order: [Stage] = []
        while !remaining.isEmpty {
            let done = Set(order.map(\.name))
            guard let next = remaining.firstIndex(where: { done.isSuperset(of: $0.stage.needs) })
            else {
                let cycle = remaining.map(\.stage.name).joined(separator: ", ")
                validator.report(
                    remaining[0].node["needs"] ?? remaining[0].node,
                    "these stages need each other in a circle: \(cycle)", code: "stage-circle",
                    advice: "take one \"needs\" away")
                return []
            }
            order.append(remaining.remove(at: next).stage)
        }
        return order
    }

    private mutating func checkPushedImages(_ stages: [(stage: Stage, node: Node)]) {
        let images = stages.filter { $0.stage.kind == .image }.map(\.stage.name)
        for (stage, node) in stages {
            guard case .push(let push) = stage.content, let name = push.image,
                let place = node["image"],
                !images.contains(name)
            else { continue }
            let advice =
                Spelling.nearest(name, among: images).map { "did you mean \"\($0)\"?" }
                ?? "stages of kind image: " + images.joined(separator: ", ")
            validator.report(
                place, "\"\(name)\" is no stage of kind image", code: "no-such-need", advice: advice
            )
        }
    }

    /// An environment runs one site: which of two would stay is chance.
    private mutating func checkDeployments(_ stages: [(stage: Stage, node: Node)]) {
        let deploys = stages.filter { $0.stage.kind == .deploy }
        guard let second = deploys.dropFirst().first else { return }
        validator.report(
            second.node,
            "\"\(deploys[0].stage.name)\" and \"\(second.stage.name)\" would both deploy to the environment that is chosen",
            code: "two-deploys",
            advice:
                "one definition deploys one site: give the other a folder and a definition of its own, "
                + "or name another environment with -e")
    }

    /// Stages whose executor takes the archive as the way to the machines that run units.
    private mutating func checkArchiveUse(
        _ stages: [Stage], _ document: Node, archive: Node?
    ) {
        for stage in stages {
            guard case .units(let content) = stage.content,
                let node = document["stages"]?[stage.name],
                let executor = executors.first(where: { $0.name == content.executor.executor })
            else { continue }
            let written = node[executor.name]?[ExecutorSchema.archiveKey.name]
            guard executor.usesArchive(content.executor) else {
                if let written {
                    validator.report(
                        written, "\"archive\" says nothing without \"data: archive\"",
                        code: "missing-key", advice: "add \"data: archive\"")
                }
                continue
            }
            guard let archive else {
                validator.report(
                    node[executor.name] ?? node,
                    "stage \"\(stage.name)\" has \"data: archive\", and the project has no archive",
                    code: "no-archive-for-tasks",
                    advice:
                        "add the key \"archive\", or write \"data: shared\" where the machines share the "
                        + "project's folder")
                continue
            }
            if let written { ArchiveConfig.check(reach: written, archive, transports, &validator) }
        }
    }

    private mutating func checkName(_ node: Node?, _ what: String) {
        guard let node, let name = node.string else { return }
        let plain = name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
        }
        if name.isEmpty || !plain || name.hasPrefix("-") {
            validator.report(
                node, "\(what) \"\(name)\" must be made of a-z, 0-9, - and _", code: "bad-name",
                advice: "it becomes part of image names and folders")
        }
    }
}

/// Parses one YAML document, with syntax errors as findings.
func parseDocument(_ text: String, file: String) throws(DefinitionError) -> Node {
    let node: Node?
    do {
        node = try YAML.parse(text)
    } catch {
        throw DefinitionError(
            Diagnostic(
                file: file, line: error.line, column: error.column, code: "bad-yaml",
                message: error.message))
    }
    guard let node else {
        throw DefinitionError(
            Diagnostic(
                file: file, line: 1, column: 1, code: "empty-definition",
                message: "the file is empty",
                advice: "docs/reference/ holds a commented example"))
    }
    return node
}
