import Archive
import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineShipping
import Processes
import Terminal

/// `pipeline verify --archive`: whether the archive holds what its history names.
enum ArchiveVerification {
    static func run(_ invocation: Invocation, _ project: Project) throws -> ExitCode {
        let reading = try reading(invocation)
        try invocation.readArchive(project, afresh: true)
        try (project.shared as? ProjectArchive)?.mustHaveAnswered()
        let interrupts = try Interrupts()
        let upkeep = try ArchiveUpkeep(
            project, ledger: try invocation.ledger(), cancel: interrupts.cancellation)
        let outcome: ArchiveVerifying.Outcome
        do { outcome = try upkeep.verify(reading, progress: { _ in }) } catch {
            if let code = interrupts.exitCode { return code }
            throw error
        }
        let wrong = outcome.findings.filter { $0.kind != .unnamed }
        try (project.shared as? ProjectArchive)?.remember(wrong)
        if invocation.isJSON {
            invocation.print(json(outcome, isSound: wrong.isEmpty).text)
        } else {
            let width = outcome.findings.map(\.kind.rawValue.count).reduce(8, max)
            for finding in outcome.findings {
                let word = DisplayWidth.pad(finding.kind.rawValue, to: width)
                invocation.print("\(word) \(Format.escaped(finding.path))")
            }
        }
        invocation.tell(
            "looked at \(Format.count(outcome.files)) files of the archive, read \(Format.bytes(outcome.bytesRead)): "
                + (wrong.isEmpty
                    ? sound(reading)
                    : "\(Format.count(wrong.count)) are not; this clone's next run puts back what it has of them")
                + (outcome.replaced.isEmpty
                    ? ""
                    : "; \(Format.count(outcome.replaced.count)) were damaged before, and what they held is in others")
        )
        return wrong.isEmpty ? .done : .verificationFailed
    }

    /// - Throws: `UsageError`.
    private static func reading(_ invocation: Invocation) throws -> ArchiveUpkeep.Reading {
        guard invocation.arguments.isGiven("read"), let text = invocation.arguments.value("read")
        else { return .none }
        if text == "full" { return .full }
        if text == "sizes" { return .none }
        let parts = text.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 2, parts[0] >= 1, parts[1] >= parts[0], parts[1] <= 10_000 else {
            throw UsageError(
                "bad-value", "--read of an archive takes sizes, full, or N/T, and not \"\(text)\"",
                next: "1/10 reads a tenth, another one each time", run: "pipeline verify --help")
        }
        return .part(parts[0], of: parts[1])
    }

    /// Says no more than was looked at.
    private static func sound(_ reading: ArchiveUpkeep.Reading) -> String {
        switch reading {
        case .none: "their names and sizes are as the history has them (--read full reads them)"
        case .part: "their names and sizes are as the history has them, and so is what was read"
        case .full: "all are as the history names them"
        }
    }

    private static func json(
        _ outcome: ArchiveVerifying.Outcome, isSound: Bool
    ) -> JSONValue {
        [
            "ok": .bool(isSound), "files": .int(outcome.files),
            "bytes_read": .int(outcome.bytesRead),
            "findings": .array(
                outcome.findings.map {
                    ["path": .string($0.path), "kind": .string($0.kind.rawValue)]
                }),
            "replaced": .array(outcome.replaced.map { .string($0.path) }),
        ]
    }
}
