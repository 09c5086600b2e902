import YAML

/// Who is notified of the end of runs that an environment is meant by: an address that takes a message.
package struct NotifyConfig: Sendable, Hashable {
    package enum Address: Sendable, Hashable {
        case url(String)
        /// The name of a variable of the one who runs: such addresses are often secrets.
        case variable(String)
    }

    package let address: Address
    /// Whom the message is for, where the receiver wants to know.
    package let to: [String]
    package let onlyFailures: Bool
}

/// `notify` of an environment: its keys, and how they are read. Pure.
enum NotifyReader {
    static let schema = ObjectSchema([
        KeySchema(
            "webhook", .string, required: true,
            "address that the message is posted to; $NAME for a variable that holds it"),
        KeySchema("to", .oneOrMore(.string), "whom the message is for, handed to the receiver"),
        KeySchema(
            "on", .choice(["end", "failure"]),
            "every end of a run that did something (the default), or failures alone"),
    ])

    /// Findings that a table of keys cannot express.
    static func check(_ document: Node, _ validator: inout SchemaValidator) {
        guard let node = document["notify"] else { return }
        guard let address = node["webhook"], let url = address.string, !url.hasPrefix("$")
        else { return }
        if !url.hasPrefix("https://"), !url.hasPrefix("http://127.0.0.1"),
            !url.hasPrefix("http://localhost")
        {
            validator.report(
                address, "the address of \"webhook\" is neither https nor on this machine",
                code: "open-address",
                advice: "messages name units and addresses, which nobody on the way should read")
        }
    }

    static func read(_ node: Node?) -> NotifyConfig? {
        guard let node else { return nil }
        let text = node["webhook"]?.string ?? ""
        return NotifyConfig(
            address: text.hasPrefix("$") ? .variable(String(text.dropFirst())) : .url(text),
            to: (node["to"]?.oneOrMore ?? []).compactMap(\.string),
            onlyFailures: node["on"]?.string == "failure")
    }
}
