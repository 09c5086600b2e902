import Arguments
import DeployTargets
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Processes
import Terminal

/// Events and logs of an environment at AWS, once or as they come.
struct RemoteLogs {
    private let invocation: Invocation
    private let subject: Subject

    enum Subject {
        case events, instances, site
    }

    /// nil where the command line asks for neither.
    init?(_ invocation: Invocation) {
        let arguments = invocation.arguments
        guard arguments.flag("events") || arguments.flag("instances") else { return nil }
        self.init(of: arguments.flag("events") ? .events : .instances, invocation)
    }

    init(of subject: Subject, _ invocation: Invocation) {
        self.subject = subject
        self.invocation = invocation
    }

    func run() throws -> ExitCode {
        let interrupts = try Interrupts()
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        let operations = try CloudOperations(
            project, environment, ledger: try invocation.ledger())
        if let warning = operations.warning { invocation.tell(warning) }
        var seen: [String: Set<String>] = [:]
        do {
            while true {
                for (title, lines) in try lines(operations, interrupts.cancellation) {
                    show(title, lines, &seen)
                }
                guard invocation.arguments.flag("follow") else { return .done }
                _ = try Poll.wait(
                    [(interrupts.cancellation.descriptor, .readable)], timeoutMs: 5000)
                if interrupts.cancellation.isCancelled { return interrupts.exitCode ?? .done }
            }
        } catch {
            if let code = interrupts.exitCode { return code }
            throw error
        }
    }

    private func lines(
        _ operations: CloudOperations, _ cancel: Cancellation
    ) throws -> [(title: String, lines: [String])] {
        if subject == .events {
            let lines = try operations.events().map { "\($0.date)  \($0.severity)  \($0.text)" }
            return [("", lines)]
        }
        let logs =
            subject == .site
            ? try operations.siteLogs(cancel: cancel) : try operations.instanceLogs(cancel: cancel)
        return logs.map { log in
            (log.source, log.text.split(whereSeparator: \.isNewline).map(String.init))
        }
    }

    /// Tails overlap: only lines that were not there before are printed.
    private func show(_ title: String, _ lines: [String], _ seen: inout [String: Set<String>]) {
        let new = lines.filter { seen[title]?.contains($0) != true }
        guard !new.isEmpty else { return }
        if !title.isEmpty { invocation.print(invocation.style.bold(Format.escaped(title))) }
        for line in new { invocation.print(Format.escaped(line)) }
        seen[title, default: []].formUnion(lines)
    }
}
