import JSON
import PipelineShipping
import Processes
import Terminal

/// `pipeline verify --store`: whether the store still holds what releases are made of.
enum StoreVerifying {
    static func run(_ invocation: Invocation) throws -> ExitCode {
        let interrupts = try Interrupts()
        let cancellation = interrupts.cancellation
        let result: StoreAudit.Result
        do {
            result = try StoreAudit(ledger: try invocation.ledger())
                .run(isCancelled: { cancellation.isCancelled })
        } catch {
            if let code = interrupts.exitCode { return code }
            throw error
        }
        if invocation.isJSON {
            invocation.print(json(result).text)
        } else {
            for finding in result.findings { show(finding, invocation) }
        }
        let count = result.findings.count
        invocation.tell(
            "read \(Format.count(result.files)) objects, \(Format.bytes(result.bytes)): "
                + (count == 0
                    ? "each holds what its name says"
                    : "\(count) \(count == 1 ? "is" : "are") damaged, unreadable or missing"))
        return count == 0 ? .done : .verificationFailed
    }

    private static func show(_ finding: StoreAudit.Finding, _ invocation: Invocation) {
        let word = finding.kind.rawValue
        let pad = String(repeating: " ", count: max(0, 11 - word.count))
        var line = "\(word)\(pad)\(Format.escaped(finding.path))"
        if let first = finding.neededBy.first {
            line += "  (\(Format.escaped(first))"
            line += finding.neededBy.count > 1 ? ", and \(finding.neededBy.count - 1) more)" : ")"
        }
        invocation.print(line)
    }

    private static func json(_ result: StoreAudit.Result) -> JSONValue {
        .object([
            "ok": .bool(result.findings.isEmpty), "files": .int(Int64(result.files)),
            "bytes": .int(result.bytes),
            "findings": .array(
                result.findings.map { finding in
                    .object([
                        "kind": .string(finding.kind.rawValue), "path": .string(finding.path),
                        "needed_by": .array(finding.neededBy.map { .string($0) }),
                    ])
                }),
        ])
    }
}
