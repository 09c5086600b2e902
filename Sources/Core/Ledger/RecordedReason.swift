import JSON

/// A reason as an attempt keeps it; `[Reason].json` writes what this reads.
package struct RecordedReason: Sendable, Hashable, Decodable {
    /// The kind, such as `code-changed`.
    package let reason: String
    /// In a few words, for people.
    package let text: String
    package let component: String?
    package let before: String?
    package let after: String?

    package init(
        reason: String, text: String, component: String? = nil, before: String? = nil,
        after: String? = nil
    ) {
        self.reason = reason
        self.text = text
        self.component = component
        self.before = before
        self.after = after
    }

    /// None for what is no list of reasons: the attempt itself is still worth showing.
    static func all(parsing json: String) -> [RecordedReason] {
        let reasons = try? JSONValue.decode([RecordedReason].self, from: json.utf8)  // try?: none
        return reasons ?? []
    }
}
