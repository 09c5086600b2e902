import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Posix
import Terminal

/// `pipeline logs --site`: all that a site on this machine printed, or a list of what was kept.
struct SiteLogReport {
    private let invocation: Invocation

    /// nil where the command line does not ask for it.
    init?(_ invocation: Invocation) {
        guard invocation.arguments.flag("site") else { return nil }
        self.invocation = invocation
    }

    func run() throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let ledger = try invocation.ledger()
        guard let logs = try SiteLogs(project, environment, ledger: ledger) else {
            return try RemoteLogs(of: .site, invocation).run()
        }
        let entries = try logs.entries()
        if invocation.arguments.flag("list") {
            list(entries)
            return .done
        }
        guard let entry = try chosen(entries) else {
            invocation.tell(
                "nothing was deployed to \"\(Format.escaped(environment.name))\" yet")
            return .done
        }
        if invocation.isJSON {
            invocation.print(try document(entry))
            return .done
        }
        invocation.tell(invocation.style.bold("==> \(title(entry))"))
        guard entry.size != nil else {
            invocation.tell("nothing of it was kept")
            return .done
        }
        // A long log is shown in parts, never held as a whole.
        var offset: Int64 = 0
        let escapes = TerminalSize.isTerminal(1)
        while true {
            let bytes = try FileSystem.read(entry.path, from: offset)
            if bytes.isEmpty { return .done }
            offset += Int64(bytes.count)
            guard escapes else {
                _ = StandardStreams.write(to: 1, String(decoding: bytes, as: UTF8.self))
                continue
            }
            LogsText.lines(String(decoding: bytes, as: UTF8.self), escapes: true)
                .forEach(invocation.print)
        }
    }

    /// The newest deployment, or the one that was named.
    private func chosen(_ entries: [SiteLogs.Entry]) throws -> SiteLogs.Entry? {
        guard let number = try invocation.arguments.int("deployment", in: 1...Int.max) else {
            return entries.first
        }
        guard let found = entries.first(where: { $0.deployment.deployment.id == Int64(number) })
        else {
            throw UsageError(
                "no-such-deployment", "there is no deployment \(number) of this environment",
                next: "list them", run: .exact("pipeline logs --site --list"))
        }
        return found
    }

    private func title(_ entry: SiteLogs.Entry) -> String {
        let deployment = entry.deployment.deployment
        return "deployment \(deployment.id), release \(deployment.release), "
            + "\(DeploymentText.state(entry.deployment, invocation.style)): \(Format.escaped(entry.path))"
    }

    private func list(_ entries: [SiteLogs.Entry]) {
        if invocation.isJSON {
            return invocation.print(
                JSONValue.object(["logs": .array(entries.map { .object(members($0)) })]).text)
        }
        for entry in entries {
            let size = entry.size.map(Format.bytes) ?? "nothing kept"
            invocation.print("\(title(entry))  \(size)")
        }
    }

    private func members(_ entry: SiteLogs.Entry) -> [String: JSONValue] {
        [
            "deployment": .int(entry.deployment.deployment.id),
            "release": .int(entry.deployment.deployment.release),
            "outcome": .string(entry.deployment.deployment.outcome),
            "log": .string(entry.path), "bytes": .int(entry.size),
        ]
    }

    private func document(_ entry: SiteLogs.Entry) throws -> String {
        var found = members(entry)
        found["text"] = .string(
            entry.size == nil
                ? "" : String(decoding: try FileSystem.read(entry.path), as: UTF8.self))
        return JSONValue.object(found).text
    }
}
