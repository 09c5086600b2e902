/// What an environment may say of a transport: `data: route: NAME`, with the transport's keys directly under `data` or in
/// the mapping `data: NAME:`.
///
/// Validator, reader, JSON Schema and reference page all come from this table.
package struct TransportSchema: Sendable {
    /// The value of `route`, and the name of the mapping with the transport's own keys.
    package let name: String
    /// What the mapping holds: one sentence, without a full stop.
    package let summary: String
    /// The keys of the mapping.
    package let keys: [KeySchema]
    /// Keys directly under `data`, which several transports may have.
    package let shared: [KeySchema]
    /// Layouts that it can fill.
    package let layouts: [DataLayout]
    package let place: Place
    /// Whether its keys may stay in the file while another transport is chosen, and those of others while it is: for transports to
    /// one and the same file system, between which people change.
    package let isSwitchable: Bool
    /// Keys, as `TransportOptions` names them, whose values are files of the machine that reaches the place.
    package let files: [String]
    /// Findings that a table of keys cannot express, reported with those of the reader when the file is read.
    package let check: @Sendable (TransportOptions) -> [Finding]

    /// Where the slots are.
    package enum Place: Sendable {
        /// A folder, by the path that is written.
        case folder
        /// A folder below the root of an EFS file system (`file_system`): the environment needs AWS.
        case fileSystem
    }

    package struct Finding: Sendable {
        /// The key that it is about, where that is written; nil for all of `data`.
        package let key: String?
        package let code: String
        package let message: String
        package let advice: String

        package init(_ key: String? = nil, code: String, _ message: String, advice: String) {
            self.key = key
            self.code = code
            self.message = message
            self.advice = advice
        }
    }

    package init(
        name: String, summary: String = "", keys: [KeySchema] = [], shared: [KeySchema] = [],
        layouts: [DataLayout] = DataLayout.allCases, place: Place = .folder,
        isSwitchable: Bool = false, files: [String] = [],
        check: @escaping @Sendable (TransportOptions) -> [Finding] = { _ in [] }
    ) {
        self.name = name
        self.summary = summary
        self.keys = keys
        self.shared = shared
        self.layouts = layouts
        self.place = place
        self.isSwitchable = isSwitchable
        self.files = files
        self.check = check
    }

    /// The keys that say where the place is and how it is reached, without mappings: each may be written alone.
    var reachKeys: [KeySchema] {
        let plain = (shared + keys).filter { if case .object = $0.type { false } else { true } }
        return [KeySchema("root", .string, "the folder of the archive")]
            + plain.filter { $0.name != KeySchema.mounted.name }
            .map { KeySchema($0.name, $0.type, $0.help) }
    }

    /// The mapping of its own keys; nil where it has none.
    var mapping: KeySchema? {
        keys.isEmpty ? nil : KeySchema(name, .object(ObjectSchema(keys)), summary)
    }

    /// What `data` may hold directly for these transports: each key once.
    static func shared(by transports: [TransportSchema]) -> [KeySchema] {
        var seen: Set<String> = []
        return transports.flatMap(\.shared).filter { seen.insert($0.name).inserted }
    }
}

extension KeySchema {
    /// Where this machine sees the root of a place elsewhere: needed where the site runs here.
    package static let mounted = KeySchema(
        "mounted", .string, "where this machine sees the root of an SFTP server")
}
