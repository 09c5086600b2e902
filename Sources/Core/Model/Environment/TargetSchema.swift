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
    /// Whether the site can see no more than one folder of the data.
    package let seesOneFolder: Bool
    /// What is wrong with the values of the kind's own keys, which fit their types.
    package let findings: @Sendable (TargetOptions) -> [Finding]

    /// What a table of keys cannot express.
    package struct Finding: Sendable, Hashable {
        /// The path of the key below the mapping, where an entry of a list is its index: `services.1.name`.
        package let key: String
        package let text: String
        package let code: String
        package let advice: String

        package init(_ key: String, _ text: String, code: String, advice: String) {
            self.key = key
            self.text = text
            self.code = code
            self.advice = advice
        }
    }

    /// - Parameter keys: the kind's own, each with its help; none where it has none.
    package init(
        name: String, summary: String, keys: [KeySchema] = [], keysHelp: String = "",
        needs: Needs, runsHere: Bool = false,
        layouts: [DataLayout] = [.slots, .inPlace, .full], healthPath: String = "/health",
        seesOneFolder: Bool = false,
        findings: @escaping @Sendable (TargetOptions) -> [Finding] = { _ in [] }
    ) {
        self.name = name
        self.summary = summary
        section =
            keys.isEmpty ? nil : KeySchema(name, .object(ObjectSchema(keys)), keysHelp)
        self.needs = needs
        self.runsHere = runsHere
        self.layouts = layouts
        self.healthPath = healthPath
        self.seesOneFolder = seesOneFolder
        self.findings = findings
    }
}

/// The kinds whose environments have no keys of their own, and run here or nowhere.
extension TargetSchema {
    package static let local = TargetSchema(
        name: "local", summary: "a container here", needs: [.site, .port, .repository],
        runsHere: true)
    package static let preview = TargetSchema(
        name: "preview", summary: "a process here", needs: [.site, .port, .command],
        runsHere: true)
    package static let data = TargetSchema(
        name: "data", summary: "nowhere: the data alone", needs: [])

    package static let builtIn: [TargetSchema] = [.local, .preview, .data]
}
