import HTTP
import JSON
package import PipelineModel
import Posix

/// What is reported of the end of a run.
package struct RunNotice: Sendable {
    package let project: String
    package let environment: String?
    package let run: Int64
    package let command: String
    /// `done`, `failed` or `interrupted`.
    package let outcome: String
    /// What failed, by name, or how much was done.
    package let message: String
    /// Where the site answers; empty where it was not made to.
    package let address: String

    package init(
        project: String, environment: String?, run: Int64, command: String, outcome: String,
        message: String, address: String
    ) {
        self.project = project
        self.environment = environment
        self.run = run
        self.command = command
        self.outcome = outcome
        self.message = message
        self.address = address
    }

    var subject: String { "\(project): run \(run) \(outcome)" }

    /// `subject`, `text` and `to`, which receivers for mails and chats know, and the parts of them.
    func body(to: [String]) -> String {
        let text = "\(subject): \(message)" + (address.isEmpty ? "" : " \(address)")
        return JSONText.object([
            (key: "subject", value: JSONText.quoted(subject)),
            (key: "text", value: JSONText.quoted(text)),
            (key: "to", value: JSONText.array(strings: to)),
            (key: "project", value: JSONText.quoted(project)),
            (key: "environment", value: environment.map { JSONText.quoted($0) } ?? "null"),
            (key: "run", value: String(run)),
            (key: "command", value: JSONText.quoted(command)),
            (key: "outcome", value: JSONText.quoted(outcome)),
            (key: "message", value: JSONText.quoted(message)),
            (key: "address", value: JSONText.quoted(address)),
        ])
    }
}

/// Posts a notice to the address of an environment.
package struct Webhook {
    private let place: NotifyConfig

    package init(_ place: NotifyConfig) { self.place = place }

    /// Whether this outcome is reported.
    package func wants(_ outcome: String) -> Bool { !place.onlyFailures || outcome != "done" }

    /// - Returns: why it could not be determined; nil when it was. The address is in none of it: it may be secret.
    package func send(_ notice: RunNotice) -> String? {
        let url: String
        switch place.address {
        case .url(let text): url = text
        case .variable(let name):
            guard let value = Environment.value(name), !value.isEmpty else {
                return "the variable \(name), which is to hold the address, is not set"
            }
            url = value
        }
        guard url.hasPrefix("https://") || HTTPRequest(.get, url).isLoopback else {
            return "the address is neither https nor on this machine"
        }
        var request = HTTPRequest(
            .post, url, headers: [.init("Content-Type", "application/json")], timeout: 30)
        request.body = notice.body(to: place.to)
        do throws(HTTPError) {
            let answer = try HTTPClient().send(request)
            return (200..<300).contains(answer.status)
                ? nil : "the address answered with status \(answer.status)"
        } catch {
            return error.withoutPlace.description
        }
    }
}
