import YAML

/// `reload` of an environment: its keys, and how they are read. Pure.
enum ReloadReader {
    static let schema = ObjectSchema([
        KeySchema(
            "drop", .list(.string),
            "folders beside the slots whose content is deleted, such as caches of data"),
        KeySchema("request", .object(request), "what makes the site read its data again"),
        KeySchema("poll", .object(poll), "the job that the request has begun"),
    ])

    private static let request = ObjectSchema([
        KeySchema(
            "url", .string, required: true, "a path of the site, or an address"),
        KeySchema(
            "method", .choice(ReloadConfig.Request.Method.allCases.map(\.rawValue)), "default POST"),
        KeySchema("body", .string, "text that is sent"),
        KeySchema("headers", .map(.scalar), "headers that are sent"),
        KeySchema(
            "secret_headers", .map(.scalar),
            "headers that are sent, each with the name of an environment variable that holds its value"
        ),
    ])

    private static let poll = ObjectSchema([
        KeySchema(
            "url", .string, required: true,
            "a path of the site, or an address; {id} is the member id of the request's answer"),
        KeySchema(
            "member", .string, "member of the answer that tells the job's state; default status"),
        KeySchema("succeeded", .list(.string), "states that are good ends; default SUCCEEDED"),
        KeySchema("failed", .list(.string), "states that are bad ends; default FAILED"),
        KeySchema("every", .duration, "time between two questions; default 5s"),
        KeySchema("within", .duration, "time for the job to end; default 30m"),
    ])

    /// Findings that a table of keys cannot express.
    static func check(_ document: Node, _ validator: inout SchemaValidator) {
        guard let node = document["reload"] else { return }
        for folder in node["drop"]?.sequence ?? [] {
            guard let text = folder.string else { continue }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            if parts.isEmpty || parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
                validator.report(
                    folder, "\"\(text)\" is no folder below the data's root", code: "bad-path",
                    advice: "write it relative to the root, such as cache/regional")
            } else if parts.count == 1, ["a", "b", "c"].contains(text) {
                validator.report(
                    folder, "\"\(text)\" is a slot, and holds the data of a release",
                    code: "bad-path",
                    advice: "name a folder beside the slots")
            }
        }
        if let poll = node["poll"], node["request"] == nil {
            validator.report(
                poll, "there is no \"request\" whose job could be asked for", code: "missing-key",
                advice: "say what begins the job")
        }
    }

    static func read(_ node: Node?) -> ReloadConfig? {
        guard let node else { return nil }
        return ReloadConfig(
            drop: (node["drop"]?.sequence ?? []).compactMap(\.string),
            request: node["request"].map { request in
                ReloadConfig.Request(
                    method: request["method"]?.string.flatMap(ReloadConfig.Request.Method.init)
                        ?? .post,
                    url: request["url"]?.string ?? "", body: request["body"]?.string,
                    headers: request["headers"]?.stringMap ?? [:],
                    secretHeaders: request["secret_headers"]?.stringMap ?? [:])
            },
            poll: node["poll"].map { poll in
                ReloadConfig.Poll(
                    url: poll["url"]?.string ?? "", member: poll["member"]?.string ?? "status",
                    succeeded: words(poll["succeeded"]) ?? ["SUCCEEDED"],
                    failed: words(poll["failed"]) ?? ["FAILED"],
                    every: poll["every"]?.string.flatMap(Quantity.seconds) ?? 5,
                    within: poll["within"]?.string.flatMap(Quantity.seconds) ?? 1800)
            })
    }

    private static func words(_ node: Node?) -> [String]? {
        node?.sequence.map { $0.compactMap(\.string) }
    }
}
