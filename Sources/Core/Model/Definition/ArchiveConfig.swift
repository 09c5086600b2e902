import YAML

/// The archive of a project: a place that all its clones share, for results and releases.
package struct ArchiveConfig: Sendable, Hashable {
    package let options: TransportOptions
    package private(set) var role: Role
    package private(set) var signing: Signing
    package let require: Requirement
    /// Bytes a second that may be sent; nil for no limit.
    package let limit: Int64?

    package enum Role: String, CaseIterable, Sendable {
        /// Uses it, and never adds.
        case read
        case write
    }

    package enum Signing: Hashable, Sendable {
        /// Who can write to the place is trusted.
        case none
        /// What is added is signed with this key, and what counts is signed by somebody in `pipeline/allowed_signers`; no key
        /// for a clone that only reads.
        case key(String?)
    }

    package enum Requirement: String, CaseIterable, Sendable {
        /// A deployment waits until its release is whole in the archive.
        case releases
        /// Nothing waits for the archive.
        case results
    }

    /// Who may sign, from the project's root: in the form of ssh-keygen(1), "ALLOWED SIGNERS".
    package static let allowedSigners = "pipeline/allowed_signers"

    /// - Parameter transports: those that reach a place at any time.
    static func schema(_ transports: [TransportSchema]) -> ObjectSchema {
        ObjectSchema(
            [
                KeySchema(
                    "transport", .choice(transports.map(\.name)),
                    default: transports.first?.name, "how the archive is reached"),
                KeySchema("root", .string, required: true, "the folder of the archive"),
                KeySchema(
                    "role", .choice(Role.allCases.map(\.rawValue)), default: Role.write.rawValue,
                    "write, or read: uses it and never adds"),
                KeySchema(
                    "sign", .string,
                    "private SSH key that signs what is added (the public one of a key in an agent), or none"
                ),
                KeySchema(
                    "require", .choice(Requirement.allCases.map(\.rawValue)),
                    default: Requirement.releases.rawValue,
                    "releases: a deployment waits until its release is in the archive; results: nothing waits"
                ),
                KeySchema("limit", .size, "bytes a second that may be sent; default: no limit"),
            ] + TransportSchema.shared(by: transports).filter { $0.name != KeySchema.mounted.name }
                + transports.compactMap(\.mapping))
    }

    /// What the table of keys cannot express.
    static func check(
        _ node: Node, _ transports: [TransportSchema], _ validator: inout SchemaValidator
    ) {
        let chosen = schema(of: node, transports)
        for finding in chosen.check(TransportOptions(chosen, node)) {
            validator.report(
                finding.key.flatMap { node[$0] } ?? node, finding.message, code: finding.code,
                advice: finding.advice)
        }
        if node[chosen.name] == nil, chosen.keys.contains(where: \.isRequired) {
            validator.report(
                node, "transport \(chosen.name) has no \"\(chosen.name)\"", code: "missing-key",
                advice: "write the mapping \"\(chosen.name)\" with "
                    + chosen.keys.filter(\.isRequired).map(\.name).joined(separator: ", "))
        }
        if node["sign"] == nil, node["role"]?.string != Role.read.rawValue {
            validator.report(
                node, "\"archive\" has no \"sign\"", code: "missing-key",
                advice:
                    "write the private key that signs what is added, such as ~/.ssh/id_ed25519, "
                    + "or none where everybody who can write there is trusted")
        }
    }

    /// What another machine needs to reach the archive, where that differs.
    static func check(
        reach written: Node, _ archive: Node, _ transports: [TransportSchema],
        _ validator: inout SchemaValidator
    ) {
        let chosen = schema(of: archive, transports)
        validator.check(
            written, against: ObjectSchema(chosen.reachKeys), what: "\"archive\" of an executor")
    }

    private static func schema(of node: Node, _ transports: [TransportSchema]) -> TransportSchema {
        let name = node["transport"]?.string
        guard let found = transports.first(where: { name == nil || $0.name == name }) else {
            preconditionFailure("a definition is read without its transport")
        }
        return found
    }

    init(_ node: Node, _ transports: [TransportSchema]) {
        let table = TableReader(Self.schema(transports), node)
        options = TransportOptions(Self.schema(of: node, transports), node)
        role = table.choice("role")
        require = table.choice("require")
        limit = table.text("limit").flatMap(Quantity.bytes)
        let written = node["sign"]?.string
        signing = written == "none" ? .none : .key(written)
    }

    /// The same with what a machine sets for itself; nil leaves what the definition has. A project that asks for no signatures
    /// needs no key.
    package func with(role: Role?, key: String?) -> ArchiveConfig {
        var changed = self
        if let role { changed.role = role }
        if let key, case .key = signing { changed.signing = .key(key) }
        return changed
    }
}
