import Texts

/// Resources of Terraform with the names that they get: variables with defaults and locals are filled in.
struct TerraformFacts {
    private(set) var clusters: [Found] = []
    private(set) var services: [Found] = []
    private(set) var applications: [Found] = []
    private(set) var environments: [Found] = []
    private(set) var repositories: [Found] = []
    private(set) var regions: [Found] = []
    /// Whether task definitions or services of ECS were seen, named or not.
    private(set) var hasServices = false

    private var values: [String: String] = [:]

    /// - Parameter texts: of `.tf` and `.tfvars` files, by path.
    init(_ texts: [(path: String, text: String)]) {
        for (path, text) in texts { readValues(path, text) }
        for (path, text) in texts where path.hasSuffix(".tf") { readResources(path, text) }
    }

    /// `variable "x" { default = … }`, `locals { x = … }`, and `x = …` of a `.tfvars`.
    private mutating func readValues(_ path: String, _ text: String) {
        var block: (kind: String, name: String)?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("}") {
                block = nil
            } else if !line.hasPrefix(" "), !line.hasPrefix("\t"), line.contains("{") {
                let words = Tokens.words(line)
                block = words.first.map { ($0, words.count > 1 ? words[1] : "") }
                // All in one line.
                if block?.kind == "variable", let range = line.firstRange(of: "default"),
                    let value = Self.quoted(line[range.upperBound...])
                {
                    values["var.\(block?.name ?? "")"] = value
                }
            } else if let (key, value) = Self.assignment(line) {
                if block?.kind == "variable", key == "default" {
                    values["var.\(block?.name ?? "")"] = value
                } else if block?.kind == "locals" {
                    values["local.\(key)"] = value
                } else if block == nil, path.hasSuffix(".tfvars") {
                    values["var.\(key)"] = value
                }
            }
        }
    }

    private mutating func readResources(_ path: String, _ text: String) {
        var kind: String?
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .enumerated() {
            if line.hasPrefix("resource ") || line.hasPrefix("provider ") {
                let words = Tokens.words(line)
                kind = words[0] == "provider" ? "provider" : words.dropFirst().first
                if kind == "aws_ecs_service" || kind == "aws_ecs_task_definition" {
                    hasServices = true
                }
            } else if line.hasPrefix("}") {
                kind = nil
            } else if let kind, line.hasPrefix("  "), !line.dropFirst(2).hasPrefix(" "),
                let (key, written) = Self.assignment(line), let value = filled(written)
            {
                add(kind, key, Found(value: value, file: path, line: index + 1))
            }
        }
    }

    private mutating func add(_ kind: String, _ key: String, _ found: Found) {
        switch (kind, key) {
        case ("aws_ecs_cluster", "name"): clusters.append(found)
        case ("aws_ecs_service", "name"): services.append(found)
        case ("aws_elastic_beanstalk_application", "name"): applications.append(found)
        case ("aws_elastic_beanstalk_environment", "name"): environments.append(found)
        case ("aws_ecr_repository", "name"): repositories.append(found)
        case ("provider", "region") where Tokens.isRegion(found.value): regions.append(found)
        default: break
        }
    }

    private static func assignment(_ line: Substring) -> (key: String, value: String)? {
        let parts = line.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let key = parts[0].filter { $0 != " " && $0 != "\t" }
        let rest = parts[1].drop { $0 == " " }
        if let value = quoted(rest) { return (key, value) }
        let word = rest.prefix { $0.isLetter || $0.isNumber || "._-".contains($0) }
        return word.isEmpty ? nil : (key, "${\(word)}")
    }

    private static func quoted(_ text: Substring) -> String? {
        guard let start = text.firstIndex(of: "\"") else { return nil }
        let rest = text[text.index(after: start)...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end])
    }

    /// Nil where something of it is not known.
    private func filled(_ text: String, depth: Int = 0) -> String? {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}"), depth < 8,
                let value = values[String(rest[start.upperBound..<end])],
                let inner = filled(value, depth: depth + 1)
            else { return nil }
            result += rest[..<start.lowerBound] + inner
            rest = rest[rest.index(after: end)...]
        }
        let value = result + rest
        return value.isEmpty ? nil : value
    }
}
