import Texts

/// Traces of AWS beside the files of Beanstalk: in scripts, Terraform, CloudFormation, CDK, compose files and READMEs.
///
/// Values are known by their forms. A file that a program reads comes before one for people.
struct CloudFacts {
    private(set) var repository: Found?
    private(set) var region: Found?
    private(set) var account: Found?
    private(set) var fileSystem: Found?
    private(set) var application: Found?
    private(set) var environment: Found?
    private(set) var cluster: Found?
    private(set) var bucket: Found?
    /// Services of ECS, as Terraform and CloudFormation spell them out.
    private(set) var services: [Found] = []
    let stack: StackFacts
    /// A file that works with an instance by Systems Manager: the route by bucket and instance.
    private(set) var manager: String?
    /// A file that shows that there is infrastructure at AWS at all.
    private(set) var infrastructure: String?
    /// Whether task definitions or services of ECS were seen, named or not.
    private(set) var hasServices = false

    init(_ facts: SiteFacts) {
        let texts = facts.sortedTexts.filter { !SiteReads.isTest($0.path) }
        let terraform = TerraformFacts(
            texts.filter { $0.path.hasSuffix(".tf") || $0.path.hasSuffix(".tfvars") })
        stack = StackFacts(texts.filter { !Self.isProse($0.path) })
        cluster = terraform.clusters.first ?? stack.clusters.first
        services = terraform.services + stack.services
        application = terraform.applications.first ?? stack.applications.first
        environment = terraform.environments.first ?? stack.environments.first
        region = terraform.regions.first
        hasServices = terraform.hasServices || stack.hasServices
        for (path, text) in texts where !Self.isProse(path) { read(path, text) }
        for (path, text) in texts where Self.isProse(path) { read(path, text) }
    }

    private static func isProse(_ path: String) -> Bool {
        [".md", ".txt", ".rst"].contains(where: path.lowercased().hasSuffix)
    }

    private mutating func read(_ path: String, _ text: String) {
        if path.hasSuffix(".tf") || Path.name(path) == "cdk.json"
            || text.contains("AWSTemplateFormatVersion")
        {
            infrastructure = infrastructure ?? path
        }
        if manager == nil, !Self.isProse(path),
            ["ssm start-session", "ssm send-command"].contains(where: text.contains)
        {
            manager = path
        }
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .enumerated() {
            read(line, path, index + 1)
        }
    }

    private mutating func read(_ line: Substring, _ path: String, _ number: Int) {
        guard !line.isEmpty, line.utf8.count < 2000 else { return }
        let isComment = !Self.isProse(path) && line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#")
        func found(_ value: String) -> Found { Found(value: value, file: path, line: number) }
        let words = Tokens.words(line)
        if repository == nil, let name = words.lazy.compactMap(Tokens.repository).first {
            repository = found(name)
        }
        if fileSystem == nil, !isComment, let name = Tokens.fileSystem(in: String(line)) {
            fileSystem = found(name)
        }
        // Sign-in to public registries is always in us-east-1, and says nothing of the site.
        if region == nil, !isComment, !line.contains("ecr-public"),
            !line.contains("public.ecr.aws"),
            let name = words.lazy.compactMap(Self.region).first
        {
            region = found(name)
        }
        if account == nil, let number = Tokens.account(in: String(line)) { account = found(number) }
        for (index, word) in words.enumerated() where index + 1 < words.count {
            let next = words[index + 1]
            guard next.first?.isLetter == true,
                next.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) })
            else { continue }
            switch word {
            case "--environment-name": environment = environment ?? found(next)
            case "--application-name": application = application ?? found(next)
            case "--cluster": cluster = cluster ?? found(next)
            case "use" where index > 0 && words[index - 1] == "eb":
                environment = environment ?? found(next)
            case "init" where index > 0 && words[index - 1] == "eb":
                application = application ?? found(next)
            case "deploy" where index > 0 && words[index - 1] == "eb" && next.contains("-"):
                environment = environment ?? found(next)
            default: break
            }
        }
        // Beanstalk's own way to name environments.
        if environment == nil, Self.isProse(path), line.contains("nvironment"),
            let name = words.first(where: { $0.hasSuffix("-env") && $0.count > 6 })
        {
            environment = found(name)
        }
    }

    private static func region(_ word: String) -> String? {
        let plain = word.hasSuffix(".") ? String(word.dropLast()) : word
        if Tokens.isRegion(plain) { return plain }
        // In an address, such as s-1.server.transfer.us-east-2.amazonaws.com.
        guard plain.contains("amazonaws.com") else { return nil }
        return plain.split { $0 == "." || $0 == "/" }.map(String.init).first(where: Tokens.isRegion)
    }
}
