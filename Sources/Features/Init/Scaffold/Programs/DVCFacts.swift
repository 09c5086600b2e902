import Texts
import YAML

/// The stages of a `dvc.yaml`, one to one: its deps, outs and params (https://dvc.org/doc/user-guide/project-structure/dvcyaml-files).
struct DVCFacts {
    private(set) var programs: [Program] = []
    /// Names of stages that could not be carried over.
    private(set) var left: [String] = []

    private let path: String
    private let folder: String
    private var values: [String: String] = [:]

    /// - Parameter parameters: texts of `params.yaml` and of what `vars` names, by path.
    init(path: String, text: String, texts: [String: String]) {
        self.path = path
        folder = Path.parent(path)
        guard let document = try? YAML.parse(text) else {  // try?: proposes nothing
            return
        }
        read(texts[Path.join(folder, "params.yaml")])
        for entry in document["vars"]?.sequence ?? [] {
            if let file = entry.text {
                read(texts[Path.join(folder, file)])
            } else {
                collect(entry, "")
            }
        }
        for (key, node) in document["stages"]?.mapping ?? [] {
            guard let name = key.text else { continue }
            if let items = node["foreach"], let body = node["do"] {
                for (index, item) in expanded(items).enumerated() {
                    add("\(name)-\(item.key ?? String(index))", body, item.values)
                }
            } else if node["matrix"] != nil {
                left.append(name)
            } else {
                add(name, node, [:])
            }
        }
    }

    private mutating func read(_ text: String?) {
        guard let text, let node = try? YAML.parse(text) else { return }  // try?: stay unknown
        collect(node, "")
    }

    private mutating func collect(_ node: Node, _ prefix: String) {
        for (key, value) in node.mapping ?? [] {
            let name = prefix + (key.text ?? "")
            if let text = value.text { values[name] = text }
            collect(value, name + ".")
        }
    }

    private func expanded(_ node: Node) -> [(key: String?, values: [String: String])] {
        func values(_ item: Node, _ key: String?) -> [String: String] {
            var found: [String: String] = [:]
            if let key { found["key"] = key }
            if let text = item.text { found["item"] = text }
            for (name, value) in item.mapping ?? [] {
                found["item.\(name.text ?? "")"] = value.text
            }
            return found
        }
        if let items = node.sequence {
            return items.map { ($0.text.flatMap(SiteChoice.plainName), values($0, nil)) }
        }
        return (node.mapping ?? []).map { key, item in (key.text, values(item, key.text)) }
    }

    private mutating func add(_ name: String, _ node: Node, _ item: [String: String]) {
        var program = Program(path: path, language: .dvc)
        program.target = name
        let inside = node["wdir"]?.text.map { Path.join(folder, $0) } ?? folder
        program.folder = Path.cleaned(inside) ?? folder
        let commands =
            node["cmd"]?.sequence?.compactMap(\.text) ?? node["cmd"]?.text.map { [$0] } ?? []
        let filled = commands.map { fill($0, item) }
        guard !filled.isEmpty, !filled.contains(where: { $0.contains("${") }) else {
            left.append(name)
            return
        }
        let words = filled.count == 1 ? PlainWords.split(filled[0]) : nil
        program.words = words ?? ["sh", "-ec", filled.joined(separator: "\n")]
        program.started = filled.compactMap(PlainWords.split)
        program.lines = filled
        for entry in node["deps"]?.sequence ?? [] { depend(entry, item, &program) }
        for entry in node["params"]?.sequence ?? [] {
            let file = entry.mapping?.first?.key.text ?? "params.yaml"
            if !program.accesses.contains(where: {
                $0.path.constant == Path.join(program.folder, file)
            }) {
                program.accesses.append(access(.read, file, entry, program))
            }
        }
        for key in ["outs", "metrics", "plots"] {
            for entry in node[key]?.sequence ?? [] {
                guard let out = entry.text ?? entry.mapping?.first?.key.text else { continue }
                program.accesses.append(access(.write, fill(out, item), entry, program))
            }
        }
        programs.append(program)
    }

    private func depend(_ entry: Node, _ item: [String: String], _ program: inout Program) {
        guard let name = entry.text ?? entry.mapping?.first?.key.text else { return }
        let dependency = fill(name, item)
        let inside = Path.cleaned(Path.join(program.folder, dependency)) ?? dependency
        if FileEndings.isCode(inside) {
            program.code.append(inside)
        } else {
            program.accesses.append(access(.read, dependency, entry, program))
        }
    }

    private func access(
        _ action: Program.Access.Action, _ name: String, _ node: Node, _ program: Program
    ) -> Program.Access {
        let inside = Path.cleaned(Path.join(program.folder, name))
        let text = (inside ?? name).split(separator: "{", omittingEmptySubsequences: false)
            .joined(separator: "{{").split(separator: "}", omittingEmptySubsequences: false)
            .joined(separator: "}}")
        return Program.Access(
            action, text, isInside: inside != nil && !name.contains("://"),
            isOutside: inside == nil, file: path, line: node.mark.line)
    }

    /// `${name}` by its value, where one is known.
    private func fill(_ text: String, _ item: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"),
            let end = rest[start.upperBound...].firstIndex(of: "}")
        {
            let name = String(rest[start.upperBound..<end].filter { $0 != " " })
            result += rest[..<start.lowerBound]
            result += item[name] ?? values[name] ?? "${\(name)}"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

/// A command line that needs no shell.
enum PlainWords {
    /// Nil where a shell would do more than split it.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = line[...]
        while let letter = rest.popFirst() {
            if let open = quote {
                if letter == open {
                    quote = nil
                } else if open == "\"", letter == "$" || letter == "`" || letter == "\\" {
                    return nil
                } else {
                    word = (word ?? "") + String(letter)
                }
            } else if letter == "'" || letter == "\"" {
                quote = letter
                word = word ?? ""
            } else if letter == " " || letter == "\t" || letter == "\n" {
                if let done = word { words.append(done) }
                word = nil
            } else if "|&;<>()$`*?[~#\\".contains(letter) {
                return nil
            } else {
                word = (word ?? "") + String(letter)
            }
        }
        guard quote == nil else { return nil }
        if let done = word { words.append(done) }
        guard let first = words.first, !first.contains("=") else { return nil }
        return words
    }
}
