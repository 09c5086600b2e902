import JSON

/// What lies in a slot while it is filled: which filling goes on, and whose. So a slot is somebody's also while it has
/// no marker.
package struct FillingNote: Hashable, Sendable {
    /// Names the filling, in one word; no other has it.
    package var token: String
    /// nil in a note of an older version.
    package var claim: PlaceClaim?
    /// The clone of the project that fills; nil in a note of an older version.
    package var clone: String?

    package init(token: String, claim: PlaceClaim? = nil, clone: String? = nil) {
        self.token = token
        self.claim = claim
        self.clone = clone
    }

    /// The content of the file: one line.
    package var text: String {
        guard let claim else { return token }
        var members = [
            "\"environment\": \(JSONText.quoted(claim.environment))",
            "\"project\": \(JSONText.quoted(claim.project))",
            "\"token\": \(JSONText.quoted(token))",
        ]
        if let clone { members.insert("\"clone\": \(JSONText.quoted(clone))", at: 0) }
        return "{\(members.joined(separator: ", "))}"
    }

    /// Reads the content; a text that is none of this version's is a token.
    package init(parsing text: String) {
        struct Values: Decodable {
            var token: String
            var project: String
            var environment: String
            var clone: String?
        }
        let values = try? JSONValue.decode(Values.self, from: text.utf8)  // try?: a token alone
        guard let values else {
            self.init(token: text)
            return
        }
        self.init(
            token: values.token,
            claim: PlaceClaim(project: values.project, environment: values.environment),
            clone: values.clone)
    }
}
