/// What an environment may say of its kind, and what it must: `kind: NAME`, with the kind's own keys in the mapping `NAME:`.
///
/// Validator, reader, JSON Schema and reference page all come from this table.
package struct TargetSchema: Sendable {
    /// What an environment of the kind must have.
    package struct Needs: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `site`: how the site is started and judged.
        package static let site = Needs(rawValue: 1)
        /// `site.port`.
        package static let port = Needs(rawValue: 2)
        /// `site.command`.
        package static let command = Needs(rawValue: 4)
        package static let repository = Needs(rawValue: 8)
        /// `aws`: account and region.
        package static let aws = Needs(rawValue: 16)
        /// `aws.bucket`.
        package static let bucket = Needs(rawValue: 32)
        /// The mapping with the kind's own keys, `static:` for kind static.
        package static let section = Needs(rawValue: 64)
    }

    /// The value of `kind`, and the name of the mapping with the kind's own keys.
    package let name: String
    /// Where releases run, for the list of kinds: `local (a container here)`.
    package let summary: String
    /// The kind's own keys; nil where it has none.
    package let section: KeySchema?
    package let needs: Needs
    /// Whether the site runs on this machine, so that it must see the data here.
    package let runsHere: Bool
    /// How the data of releases may lie; the first is the default.
    package let layouts: [DataLayout]
    /// The default of `site.health.path`.
    package let healthPath: String

    /// - Parameter keys: the kind's own, each with its help; none where it has none.
    package init(
        name: String, summary: String, keys: [KeySchema] = [], keysHelp: String = "",
        needs: Needs, runsHere: Bool = false,
        layouts: [DataLayout] = [.slots, .inPlace, .full], healthPath: String = "/health"
    ) {
        self.name = name
        self.summary = summary
        section =
            keys.isEmpty ? nil : KeySchema(name, .object(ObjectSchema(keys)), keysHelp)
        self.needs = needs
        self.runsHere = runsHere
        self.layouts = layouts
        self.healthPath = healthPath
    }
}

/// The kinds that this module has readers for; what they do is said by their providers.
extension TargetSchema {
    package static let local = TargetSchema(
        name: "local", summary: "a container here", needs: [.site, .port, .repository],
        runsHere: true)
    package static let preview = TargetSchema(
        name: "preview", summary: "a process here", needs: [.site, .port, .command],
        runsHere: true)
    package static let data = TargetSchema(
        name: "data", summary: "nowhere: the data alone", needs: [])
    package static let beanstalk = TargetSchema(
        name: "beanstalk", summary: "an Elastic Beanstalk environment",
        keys: CloudSchema.beanstalk.keys, keysHelp: "the Elastic Beanstalk environment",
        needs: [.site, .repository, .aws, .section])
    package static let ecs = TargetSchema(
        name: "ecs", summary: "services of an ECS cluster", keys: CloudSchema.ecs.keys,
        keysHelp: "the services of an ECS cluster",
        needs: [.site, .repository, .aws, .bucket, .section])

    package static let builtIn: [TargetSchema] = [.local, .preview, .data, .beanstalk, .ecs]
}
