import Posix
import Processes
import Testing

/// No part of a webhook's address that may be secret is printed, whatever goes wrong.
@Suite struct WebhookSecretTests {
    private func project(_ webhook: String) throws -> UnitProject {
        let project = try UnitProject(.plain)
        try project.write("in.txt", "1")
        try project.write(
            "pipeline/environments/there.yaml",
            "kind: data\ndata: { root: there }\nnotify: { webhook: \"\(webhook)\" }\n")
        return project
    }

    @Test(
        "an address that cannot be reached, or is no address",
        arguments: [
            "https://u:canary@127.0.0.1:1/services/canary?token=canary#canary",
            "http://127.0.0.1:1/services/canary/T0?canary", "https://127.0.0.1:1/canary canary",
            "https://u:ca/nary@nowhere.invalid/canary",
            "https://canary@nowhere.invalid:99999/canary",
            "http://canary.example.org@127.0.0.1:1/canary", "http://example.org/canary?x=canary",
        ])
    func secrets(address: String) throws {
        for isNamed in [true, false] {
            let project = try project(isNamed ? "$HOOK" : address)
            let run = try project.tool(
                arguments: ["run", "compile", "-e", "there"],
                environment: isNamed ? ["HOOK": address] : [:])
            let said = run.standardErrorText + run.standardOutputText
            #expect(said.contains("notify: ") || said.contains("error["), "\(said)")
            for part in ["canary", "nary@"] { #expect(!said.contains(part), "\(said)") }
        }
    }
}
