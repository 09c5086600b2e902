import Texts
import YAML

/// Names in templates of CloudFormation, with defaults of parameters filled in, and in configuration of CDK.
struct StackFacts {
    private(set) var clusters: [Found] = []
    private(set) var services: [Found] = []
    private(set) var applications: [Found] = []
    private(set) var environments: [Found] = []
    private(set) var hasServices = false
    /// The stack, and the outputs that name its bucket and its instance.
    private(set) var stack: Found?
    private(set) var bucketOutput: Found?
    private(set) var instanceOutput: Found?

    init(_ texts: [(path: String, text: String)]) {
        for (path, text) in texts {
            if text.contains("AWS::"), text.contains("Resources") { readTemplate(path, text) }
            for (index, line) in text.split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline
            )
            .enumerated() {
                readLine(line, path, index + 1)
            }
        }
    }

    private mutating func readTemplate(_ path: String, _ text: String) {
        guard let document = try? YAML.parse(Self.plain(text)),  // try?: proposes nothing
            let resources = document["Resources"]?.mapping
        else { return }
        var defaults: [String: String] = [:]
        for (name, parameter) in document["Parameters"]?.mapping ?? [] {
            defaults[name.text ?? ""] = parameter["Default"]?.text
        }
        func value(_ node: Node?) -> Found? {
            guard let node else { return nil }
            var text = node["Ref"]?.text.map { "${\($0)}" } ?? node.text ?? ""
            for (name, fallback) in defaults { text = text.replacing("${\(name)}", with: fallback) }
            guard !text.isEmpty, !text.contains("$") else { return nil }
            return Found(value: text, file: path, line: node.mark.line)
        }
        for (_, resource) in resources {
            let own = resource["Properties"]
            switch resource["Type"]?.text {
            case "AWS::ECS::Cluster": clusters += [value(own?["ClusterName"])].compactMap(\.self)
            case "AWS::ECS::Service":
                hasServices = true
                services += [value(own?["ServiceName"])].compactMap(\.self)
            case "AWS::ECS::TaskDefinition": hasServices = true
            case "AWS::ElasticBeanstalk::Application":
                applications += [value(own?["ApplicationName"])].compactMap(\.self)
            case "AWS::ElasticBeanstalk::Environment":
                environments += [value(own?["EnvironmentName"])].compactMap(\.self)
            default: break
            }
        }
    }

    /// Short forms of functions as texts: `!Ref X` is `${X}`, what only the stack knows begins with `$`.
    private static func plain(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "!") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            let word = rest.prefix { $0.isLetter }
            let isTag = " [{:-,\t".contains(result.last ?? "x") && !word.isEmpty
            guard isTag else {
                result += "!"
                continue
            }
            rest = rest[word.endIndex...].drop { $0 == " " }
            if word == "Ref" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == ":" }
                result += "\"${\(name)}\""
                rest = rest[name.endIndex...]
            } else if word != "Sub", let next = rest.first, !"[{\n\"'".contains(next) {
                result += "$"
            }
        }
        return result + rest
    }

    private mutating func readLine(_ line: Substring, _ path: String, _ number: Int) {
        let words = Tokens.words(line)
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : ""
            let plain = next.hasPrefix(":") ? String(next.dropFirst()) : next
            if stack == nil,
                ["stackName", "stackName:", "StackName:", "--stack-name"].contains(word)
            {
                let value = plain.isEmpty && index + 2 < words.count ? words[index + 2] : plain
                if Self.isName(value) { stack = Found(value: value, file: path, line: number) }
            }
            let isOutput =
                line.contains("CfnOutput(") || line.contains("OutputKey")
            guard isOutput, Self.isName(word) else { continue }
            let lower = word.lowercased()
            let known = ["cfnoutput", "outputkey", "outputs"]
            if known.contains(where: { lower.contains($0) && lower.count <= $0.count + 2 }) {
                continue
            }
            if bucketOutput == nil, lower.hasSuffix("bucketname") || lower.hasSuffix("bucket") {
                bucketOutput = Found(value: word, file: path, line: number)
            }
            if instanceOutput == nil, lower.hasSuffix("instanceid") || lower.hasSuffix("instance") {
                instanceOutput = Found(value: word, file: path, line: number)
            }
        }
    }

    private static func isName(_ word: String) -> Bool {
        guard let first = word.first, first.isLetter, word.count > 2 else { return false }
        return word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}
