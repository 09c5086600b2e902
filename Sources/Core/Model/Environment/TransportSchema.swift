/// What an environment may say of a transport that a provider brings: `data: route: NAME`, with the provider's own keys
/// in the mapping `data: NAME:`.
///
/// Validator, reader, JSON Schema and reference page all come from this table.
package struct TransportSchema: Sendable {
    /// The value of `route`, and the name of the mapping with the provider's keys.
    package let name: String
    /// Where it sends data: one sentence, without a full stop.
    package let summary: String
    package let keys: [KeySchema]
    /// Layouts that it can fill.
    package let layouts: [DataLayout]

    package init(
        name: String, summary: String, keys: [KeySchema],
        layouts: [DataLayout] = DataLayout.allCases
    ) {
        self.name = name
        self.summary = summary
        self.keys = keys
        self.layouts = layouts
    }

    var key: KeySchema { KeySchema(name, .object(ObjectSchema(keys)), summary) }
}

/// What an environment says of a transport that a provider brings.
package struct TransportOptions: Sendable, Hashable {
    /// The name of the provider.
    package let transport: String
    /// The folder that holds the slots.
    package let root: String
    /// By key, as they are written.
    package let values: [String: String]

    package init(transport: String, root: String, values: [String: String]) {
        self.transport = transport
        self.root = root
        self.values = values
    }
}
