import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Processes
import Slots
import Spelling
import Terminal

/// `pipeline verify`: whether outputs here are what their units made, and slots hold what they say.
enum VerifyCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "verify",
        summary: "read outputs, or remote slots, and compare them with what they should be",
        discussion:
            "Changes nothing. With --store every object of the store is read: a damaged one is found before a "
            + "rollback needs it. Without --remote all outputs of units on this machine are read, on all "
            + "processors, whatever their times and sizes say; the next run restores what differs. With "
            + "--remote the slots of an environment are looked at: every file that is missing, altered, added or unfinished is named. The "
            + "next sync puts right what it finds, once the slot's marker is gone or another release "
            + "comes; `pipeline data remove` deletes a slot's marker file at once. Exit 5 when something "
            + "differs.\n\nExample: pipeline verify --remote --environment production --read sample",
        options: [
            .flag("store", help: "read every stored result, and compare it with its digest"),
            .flag(
                "archive",
                help:
                    "look at the archive: every file of it, and with --read full or N/T what is in them"
            ),
            .flag("remote", help: "look at the data of an environment"),
            .value(
                "environment", short: "e", "NAME", help: "the environment that is meant",
                completion: .dynamic(CompletionKind.environment)),
            .value("slot", "NAME", help: "only this slot"),
            .value(
                "read", "WHAT",
                help:
                    "sizes, sample or full (the default); of the archive sizes (the default), full or N/T"
            ),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let places = ["store", "remote", "archive"].filter(invocation.arguments.flag)
        if places.count > 1 {
            throw UsageError(
                "options-clash", "--\(places[0]) and --\(places[1]) do not go together",
                next: "take one of the two", run: "pipeline verify --help")
        }
        if places == ["store"] { return try StoreVerifying.run(invocation) }
        if places == ["archive"] { return try ArchiveVerification.run(invocation, project) }
        guard invocation.arguments.flag("remote") else { return try outputs(invocation, project) }
        let environment = try project.environment(invocation.arguments.value("environment"))
        if RemoteAudit.needsRun(environment) { return try run(invocation, project, environment) }
        let reading = try reading(invocation)
        let interrupts = try Interrupts()
        let audit = try RemoteAudit(
            project, environment, ledger: try invocation.ledger(), verification: reading)
        let meter = TransferLine(isShown: !invocation.isJSON)
        let findings: [RemoteAudit.Finding]
        do {
            findings = try audit.run(
                slot: invocation.arguments.value("slot"), progress: meter.show,
                isInterrupted: { interrupts.cancellation.isCancelled })
        } catch {
            meter.finish()
            if let code = interrupts.exitCode { return code }
            throw error
        }
        meter.finish()
        return show(findings, invocation, environment)
    }

    /// - Throws: `UsageError`.
    private static func reading(_ invocation: Invocation) throws -> Verification {
        guard let text = invocation.arguments.value("read") else { return .full }
        guard let reading = Verification(rawValue: text) else {
            let words = Verification.allCases.map(\.rawValue)
            let nearest = Spelling.nearest(text, among: words)
            throw UsageError(
                "bad-value",
                "--read takes one of \(words.joined(separator: ", ")), and not \"\(text)\"",
                next: nearest.map { "did you mean \"\($0)\"?" } ?? "write one of these",
                run: nearest.map { Failure.Command.again(adding: "--read \($0)") }
                    ?? .exact("pipeline verify --help"))
        }
        return reading
    }

    private static func outputs(
        _ invocation: Invocation, _ project: Project
    ) throws -> ExitCode {
        let interrupts = try Interrupts()
        let cancellation = interrupts.cancellation
        let result = try OutputAudit(project, ledger: try invocation.ledger())
            .run(isCancelled: { cancellation.isCancelled })
        if let code = interrupts.exitCode { return code }
        if invocation.isJSON {
            let list = result.findings.map { finding in
                JSONValue.object([
                    "path": .string(finding.path), "unit": .string(finding.unit),
                    "kind": .string(finding.found == nil ? "missing" : "content"),
                ])
            }
            invocation.print(
                JSONValue.object([
                    "ok": .bool(result.findings.isEmpty), "files": .int(Int64(result.files)),
                    "bytes": .int(result.bytes), "drifts": .array(list),
                ]).text)
        } else {
            for finding in result.findings {
                let word = finding.found == nil ? "missing  " : "content  "
                invocation.print(
                    "\(word)\(Format.escaped(finding.path))  of \(Format.escaped(finding.unit))")
            }
        }
        let count = result.findings.count
        invocation.tell(
            "read \(Format.count(result.files)) files, \(Format.bytes(result.bytes)): "
                + (count == 0
                    ? "all are what their units made"
                    : "\(count) differ; the next run restores them"))
        return count == 0 ? .done : .verificationFailed
    }

    /// Where looking makes something that costs, it is a run, so that what it makes is on record.
    private static func run(
        _ invocation: Invocation, _ project: Project, _ environment: EnvironmentDefinition
    ) throws -> ExitCode {
        let reading = try reading(invocation)
        var findings: [RemoteAudit.Finding] = []
        let code = try SessionRunner(invocation, project).run { session in
            let audit = try RemoteAudit(
                project, environment, ledger: session.reader, verification: reading)
            defer { audit.close(session) }
            try audit.open(session, invocation.leaseOptions)
            findings = try audit.run(
                slot: invocation.arguments.value("slot"), progress: { _ in },
                isInterrupted: { session.cancellation.isCancelled })
            return []
        }
        guard code == .done else { return code }
        return show(findings, invocation, environment)
    }

    private static func show(
        _ findings: [RemoteAudit.Finding], _ invocation: Invocation,
        _ environment: EnvironmentDefinition
    ) -> ExitCode {
        if invocation.isJSON {
            invocation.print(VerifyJSON.object(findings, environment: environment.name).text)
        } else {
            for line in findings.flatMap({ VerifyText.lines($0, invocation.style) }) {
                invocation.print(line)
            }
        }
        return findings.allSatisfy(\.isGood) ? .done : .verificationFailed
    }
}
