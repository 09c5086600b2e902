import Paths
import YAML

/// Reads what stands inside one stage.
struct StageContentReader {
    var validator: SchemaValidator
    let stage: String
    let executors: [ExecutorSchema]
    let roots: Set<String>

    mutating func content(_ kind: StageKind, _ node: Node, key: Node) -> StageContent? {
        switch kind {
        case .compile, .run: unitStage(kind, node, key: key).map(StageContent.units)
        case .image: .image(image(node))
        case .push:
            .push(
                PushStage(
                    image: node["image"]?.string,
                    scan: node["scan"]?.string.flatMap(LeakScan.init) ?? .public,
                    allowed: node["allow"]?.strings ?? [], scanner: node["scanner"]?.string))
        case .sync: sync(node, key: key).map(StageContent.sync)
        case .deploy: .deploy(DeployStage())
        }
    }

    private mutating func unitStage(_ kind: StageKind, _ node: Node, key: Node) -> UnitStage? {
        for entry in node["environment"]?.mapping ?? [] { checkVariables(entry.value, &validator) }
        let worker = words(node["worker"])
        var templates: [UnitTemplate] = []
        let roots = roots
        let reader = { (name: String, node: Node, key: Node, validator: SchemaValidator) in
            UnitTemplateReader(
                validator: validator, name: name, defaults: node, hasWorker: node["worker"] != nil,
                roots: roots)
        }
        if kind == .run {
            var unit = reader(stage, node, key, validator)
            unit.mayWriteInPlace = true
            templates = [unit.template(node, key: key)].compactMap { $0 }
            validator = unit.validator
        } else {
            guard let units = node["units"]?.mapping, !units.isEmpty else {
                validator.report(
                    key, "stage \"\(stage)\" has no units", code: "missing-key",
                    advice: "name at least one under \"units\"")
                return nil
            }
            for (name, unitNode) in units {
                var unit = reader(name.string ?? "", node, name, validator)
                if let template = unit.template(unitNode, key: name) { templates.append(template) }
                validator = unit.validator
            }
        }
        return UnitStage(
            worker: worker,
            environment: node["environment"]?.stringMap ?? [:],
            passEnvironment: node["pass_environment"]?.strings ?? [],
            code: (node["code"]?.strings ?? []).map(PathPattern.init),
            tools: (node["tools"]?.sequence ?? []).compactMap { words($0) },
            jobs: node["jobs"]?.int, executor: executor(node, templates), templates: templates)
    }

    private mutating func executor(
        _ node: Node, _ templates: [UnitTemplate]
    ) -> ExecutorOptions {
        let name = node["executor"]?.string ?? executors.first?.name ?? "local"
        if let first = executors.first, name != first.name, let place = node["executor"],
            templates.contains(where: { $0.inPlace != nil })
        {
            validator.report(
                place, "a command that writes its outputs to their places runs on this machine",
                code: "in-place-elsewhere",
                advice: "let it write to {output}, or take \"executor: \(name)\" away")
        }
        for other in executors where other.name != name {
            guard let unused = node[other.name] else { continue }
            validator.report(
                unused, "\"\(other.name)\" says nothing without \"executor: \(other.name)\"",
                code: "missing-key", advice: "add \"executor: \(other.name)\" to the stage")
        }
        guard let schema = executors.first(where: { $0.name == name }) else {
            return ExecutorOptions(executor: name)
        }
        return ExecutorOptions(schema, node[name])
    }

    private mutating func words(_ node: Node?) -> [String]? {
        node.flatMap { CommandReader.words($0, &validator) }
    }

    private func image(_ node: Node) -> ImageStage {
        ImageStage(
            context: node["context"]?.string ?? ".",
            dockerfile: node["dockerfile"]?.string ?? "Dockerfile",
            target: node["target"]?.string,
            platform: node["platform"]?.string ?? "linux/amd64",
            buildArguments: node["build_arguments"]?.stringMap ?? [:],
            passBuildArguments: node["pass_build_arguments"]?.stringMap ?? [:],
            keep: (node["keep"]?.strings ?? []).map(PathPattern.init))
    }

    private mutating func sync(_ node: Node, key: Node) -> SyncStage? {
        guard let data = node["data"] else {
            validator.report(
                key, "stage \"\(stage)\" has no \"data\"", code: "missing-key",
                advice: "name the folders whose files make the data release")
            return nil
        }
        for key in ["data", "include", "exclude"] {
            for path in node[key]?.oneOrMore ?? [] { checkProjectPath(path, &validator) }
        }
        let symlinks = node["symlinks"]?.string.flatMap(SymlinkPolicy.init(rawValue:))
        return SyncStage(
            data: data.strings,
            include: (node["include"]?.strings ?? []).map(PathPattern.init),
            exclude: (node["exclude"]?.strings ?? []).map(PathPattern.init),
            symlinks: symlinks ?? .follow)
    }
}

/// Reports a path that is absolute or leaves the project.
func checkProjectPath(_ node: Node, _ validator: inout SchemaValidator) {
    guard let path = node.string, checkVariables(node, &validator) else { return }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if path.hasPrefix("/") || parts.contains("..") {
        validator.report(
            node, "\"\(path)\" leaves the project", code: "path-outside",
            advice: "paths are relative to the project's root and hold no \"..\"")
    } else if path.isEmpty || parts.dropLast().contains("") || parts.contains(".") {
        validator.report(
            node, "\"\(path)\" is not a plain relative path", code: "bad-path",
            advice: "write it like data/compiled/x")
    }
}

/// Reports a value that looks as if a shell were to expand it: `$HOME/data`, `~/data`, `${NAME}` anywhere, and the parts of
/// a list with colons.
///
/// - Returns: whether there is nothing to report.
@discardableResult
func checkVariables(_ node: Node, _ validator: inout SchemaValidator) -> Bool {
    guard let found = ShellSyntax.expanded(in: node.string ?? "") else { return true }
    validator.report(
        node, "\"\(found)\" stays as it is written: nothing is expanded in this file",
        code: "shell-syntax", advice: "write the value itself")
    return false
}
