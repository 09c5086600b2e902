import Posix

/// An address that the user's shell or AWS profile names instead of AWS's own
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
///
/// It is looked for, so that nobody changes a stand-in, or the real AWS, without knowing: versions of the
/// command line tool before 2.13 ignore it.
package struct EndpointOverride: Hashable, Sendable {
    /// `AWS_ENDPOINT_URL` in the shell, or where in the configuration it stands.
    package let origin: String
    package let url: String
    /// The names of the commands of the one service that it is for; empty for all services.
    package let commands: [String]

    /// The overrides in force, the general one first; those of the shell before those of the profile.
    ///
    /// - Parameters:
    ///   - profile: the profile that is used; nil for what the shell or the default is.
    ///   - environment: the shell's variables, by name.
    ///   - configuration: the text of `~/.aws/config`; nil where there is none.
    package static func inForce(
        profile: String?, environment: (String) -> String?, configuration: String?
    ) -> [EndpointOverride] {
        func variable(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        if variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() == "true" { return [] }
        let sections = configuration.map(sections) ?? [:]
        let name =
            profile ?? variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
        let own =
            sections["profile \(name)"] ?? (name == "default" ? sections["default"] : nil) ?? [:]
        if own["ignore_configured_endpoint_urls"]?.lowercased() == "true" { return [] }
        var found: [EndpointOverride] = []
        if let url = variable("AWS_ENDPOINT_URL") {
            found.append(.init(origin: "AWS_ENDPOINT_URL", url: url, commands: []))
        } else if let url = own["endpoint_url"] {
            found.append(
                .init(origin: "endpoint_url of profile \"\(name)\"", url: url, commands: []))
        }
        let services = own["services"].flatMap { sections["services \($0)"] } ?? [:]
        for (id, commands) in serviceIDs {
            let variableName = "AWS_ENDPOINT_URL_\(id.uppercased())"
            if let url = variable(variableName) {
                found.append(.init(origin: variableName, url: url, commands: commands))
            } else if let url = services["\(id).endpoint_url"] {
                found.append(
                    .init(
                        origin: "endpoint_url of \(id) of profile \"\(name)\"", url: url,
                        commands: commands))
            }
        }
        return found
    }

    /// The same for this process and the file that the program reads.
    ///
    /// - Throws: `PosixError` where the file is there and cannot be read.
    package static func ofThisMachine(profile: String?) throws -> [EndpointOverride] {
        let home = Environment.value("HOME") ?? ""
        let path = Environment.value("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
        let text = try FileSystem.status(path) == nil ? nil : try FileSystem.readText(path)
        return inForce(profile: profile, environment: Environment.value, configuration: text)
    }

    /// Services that this tool asks: their identifiers in variables and files, and their commands.
    private static let serviceIDs: [(String, [String])] = [
        ("backup", ["backup"]), ("cloudformation", ["cloudformation"]),
        ("cloudwatch", ["cloudwatch"]), ("cloudwatch_logs", ["logs"]),
        ("compute_optimizer", ["compute-optimizer"]), ("ec2", ["ec2"]), ("ecr", ["ecr"]),
        ("ecr_public", ["ecr-public"]), ("ecs", ["ecs"]), ("efs", ["efs"]),
        ("elastic_beanstalk", ["elasticbeanstalk"]), ("elastic_load_balancing_v2", ["elbv2"]),
        ("iam", ["iam"]), ("s3", ["s3", "s3api"]), ("sns", ["sns"]), ("ssm", ["ssm"]),
        ("sts", ["sts"]), ("transfer", ["transfer"]),
    ]

    /// Sections by name, each with its keys; the indented keys below a key `s3 =` are `s3.KEY`.
    private static func sections(_ text: String) -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        var (section, parent) = ("", "")
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.drop { $0.isWhitespace }
            guard let first = words.first, first != "#", first != ";" else { continue }
            if first == "[", let end = words.firstIndex(of: "]") {
                section = words[words.index(after: words.startIndex)..<end]
                    .split(whereSeparator: \.isWhitespace)
                    .map { $0.filter { $0 != "\"" && $0 != "'" } }.joined(separator: " ")
                parent = ""
                continue
            }
            guard let equals = words.firstIndex(of: "=") else { continue }
            let key = words[..<equals].split(whereSeparator: \.isWhitespace).joined().lowercased()
            let value = words[words.index(after: equals)...]
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let isNested = line.first?.isWhitespace == true && !parent.isEmpty
            if !isNested { parent = value.isEmpty ? key : "" }
            found[section, default: [:]][isNested ? "\(parent).\(key)" : key] = value
        }
        return found
    }
}
