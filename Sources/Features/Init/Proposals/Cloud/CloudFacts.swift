/// Traces of AWS beside the files of Beanstalk: in scripts, Terraform, CDK and compose files.
struct CloudFacts {
    private(set) var repository: (name: String, source: String)?
    private(set) var region: (name: String, source: String)?
    private(set) var fileSystem: (name: String, source: String)?
    private(set) var cluster: (name: String, source: String)?
    /// Names of services of ECS, as Terraform spells them out.
    private(set) var services: [String] = []
    /// A file that works with an instance by Systems Manager: the route by bucket and instance.
    private(set) var manager: String?
    /// A file that shows that there is infrastructure at AWS at all.
    private(set) var infrastructure: String?
    /// Whether task definitions or services of ECS were seen, named or not.
    private(set) var hasServices = false

    init(_ facts: SiteFacts) {
        for (path, text) in facts.sortedTexts where !Self.isProse(path) {
            let words = Tokens.words(text)
            if repository == nil, let name = words.lazy.compactMap(Tokens.repository).first {
                repository = (name, path)
            }
            if fileSystem == nil, let name = Tokens.fileSystem(in: text) {
                fileSystem = (name, path)
            }
            readRegion(path, text)
            if path.hasSuffix(".tf") { readTerraform(path, text) }
            if manager == nil,
                ["ssm start-session", "ssm send-command"].contains(where: text.contains)
            {
                manager = path
            }
            if path.hasSuffix(".tf") || Path.name(path) == "cdk.json" {
                infrastructure = infrastructure ?? path
            }
        }
    }

    private static func isProse(_ path: String) -> Bool { path.hasSuffix(".md") }

    // Sign-in to public registries is always in us-east-1, and says nothing of the site.
    private mutating func readRegion(_ path: String, _ text: String) {
        guard region == nil else { return }
        for line in text.split(whereSeparator: \.isNewline)
        where !line.contains("ecr-public") && !line.contains("public.ecr.aws") {
            if let name = Tokens.words(line).first(where: Tokens.isRegion) {
                region = (name, path)
                return
            }
        }
    }

    private mutating func readTerraform(_ path: String, _ text: String) {
        var kind: String?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("resource ") {
                kind = Tokens.words(line).dropFirst().first
                if kind == "aws_ecs_service" || kind == "aws_ecs_task_definition" {
                    hasServices = true
                }
            } else if line.hasPrefix("}") {
                kind = nil
            } else if let name = Self.literalName(line) {
                if kind == "aws_ecs_cluster" { cluster = cluster ?? (name, path) }
                if kind == "aws_ecs_service", !services.contains(name) { services.append(name) }
            }
        }
    }

    /// `name = "api"` of a block itself: indented once, and nothing that Terraform fills in.
    private static func literalName(_ line: Substring) -> String? {
        guard line.hasPrefix("  "), !line.dropFirst(2).hasPrefix(" ") else { return nil }
        let parts = line.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].filter({ $0 != " " }) == "name" else { return nil }
        let value = parts[1].drop { $0 == " " }
        guard value.first == "\"", !value.contains("${") else { return nil }
        let name = value.dropFirst().prefix { $0 != "\"" }
        return name.isEmpty ? nil : String(name)
    }
}
