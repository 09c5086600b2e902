import YAML

/// The answer of the reader of programs, as JSON.
package struct ProgramDocument: Sendable {
    package let programs: [Program]
    package let credentials: [CredentialPlace]

    /// - Throws: `YAMLError` for a text that is no such document.
    package init(_ text: String) throws {
        var limits = YAML.Limits()
        limits.bytes = 64 << 20
        // Every JSON text is YAML, nearly (YAML 1.2.2, section 1.2).
        let document = try YAML.parse(text, limits: limits)
        programs = (document?["programs"]?.sequence ?? []).compactMap(Self.program)
        credentials = (document?["credentials"]?.sequence ?? []).compactMap { node in
            guard let file = node["file"]?.text, let line = node["line"]?.int else { return nil }
            return CredentialPlace(file: file, line: line, kind: node["kind"]?.text ?? "credential")
        }
    }

    private static func program(_ node: Node) -> Program? {
        guard let path = node["path"]?.text,
            let language = node["language"]?.text.flatMap(Program.Language.init(rawValue:))
        else { return nil }
        var program = Program(path: path, language: language)
        program.folder = node["folder"]?.text ?? ""
        program.target = node["target"]?.text
        program.accesses = (node["accesses"]?.sequence ?? []).compactMap(access)
        program.visited = node["visited"]?.sequence?.compactMap(access)
        program.code = texts(node["code"])
        program.imports = Set(texts(node["imports"]))
        program.deeds = Set(texts(node["kinds"]).compactMap(Program.Deed.init(rawValue:)))
        program.isProgram = node["main"]?.bool ?? false
        program.framework = node["site"]?["framework"]?.text
        program.port = node["site"]?["port"]?.int
        program.arguments = (node["arguments"]?.sequence ?? []).map { argument in
            Program.Argument(
                name: argument["name"]?.text ?? "", isRequired: argument["required"]?.bool ?? false,
                fallback: argument["default"]?.text)
        }
        let starts = node["started"]?.sequence ?? node["starts"]?.sequence ?? []
        program.started = starts.map { texts($0["words"] ?? $0) }
        program.words = node["words"].flatMap { $0.isNull ? nil : texts($0) }
        program.lines = texts(node["lines"])
        for (key, value) in node["environment"]?.mapping ?? [] {
            program.variables[key.text ?? ""] = value.text
        }
        program.isPhony = node["phony"]?.bool ?? false
        program.isPattern = node["pattern"]?.bool ?? false
        program.moves = (node["moves"]?.sequence ?? []).compactMap { move in
            guard let path = move["path"]?.text, let file = move["file"]?.text else { return nil }
            return Program.Access(
                .list, path, isInside: false, isOutside: true, file: file,
                line: move["line"]?.int ?? 0)
        }
        program.isUnfollowed = node["unfollowed"]?.bool ?? false
        return program
    }

    private static func access(_ node: Node) -> Program.Access? {
        guard let action = node["does"]?.text.flatMap(Program.Access.Action.init(rawValue:)),
            let path = node["path"]?.text, let file = node["file"]?.text
        else { return nil }
        var values: [String: [String]] = [:]
        for (hole, known) in node["holes"]?.mapping ?? [] where !known.isNull {
            values[hole.text ?? ""] = texts(known)
        }
        let place = node["place"]?.text
        var access = Program.Access(
            action, path, isInside: place == "project", isOutside: place == "outside", file: file,
            line: node["line"]?.int ?? 0, isPossible: node["possible"]?.bool ?? false,
            values: values)
        access.isAnchored = node["anchored"]?.bool ?? false
        return access
    }

    private static func texts(_ node: Node?) -> [String] {
        (node?.sequence ?? []).compactMap(\.text)
    }
}
