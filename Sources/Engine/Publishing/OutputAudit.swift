package import Digests
package import PipelineLedger
import PipelinePlanning
import Posix

/// Compares every output on this machine with what its unit made, by content, whatever times and sizes say.
package struct OutputAudit {
    private let project: Project
    private let ledger: LedgerReader?

    package init(_ project: Project, ledger: LedgerReader?) {
        self.project = project
        self.ledger = ledger
    }

    package struct Finding: Sendable, Hashable {
        package let path: String
        package let unit: String
        /// nil where the file is missing or cannot be read.
        package let found: Digest?
    }

    package struct Result: Sendable {
        package let files: Int
        package let bytes: Int64
        package let findings: [Finding]
    }

    /// - Parameter isCancelled: what is not read by then counts as not read.
    package func run(isCancelled: @escaping @Sendable () -> Bool) throws -> Result {
        // Which units there are, and what they made: what there is to do about them takes longer to find out than small
        // files do to read, and does not matter here.
        let memory = try ledger?.unitMemories() ?? [:]
        let names = Expansion.names(
            project, environment: try BuildEnvironment(project), memory: memory)
        var wanted: [(unit: String, path: String, digest: Digest)] = []
        for (name, memory) in memory where names.contains(name) {
            for output in memory.success?.outputs ?? [] where output.form != .folder {
                wanted.append((name, output.path, output.digest))
            }
        }
        wanted.sort { $0.path < $1.path }
        let digests = Digest.ofFiles(
            wanted.map(\.path), threads: Host.processorCount, isCancelled: isCancelled)
        var bytes: Int64 = 0
        var findings: [Finding] = []
        for (output, result) in zip(wanted, digests) {
            let found = try? result.get()  // try?: unreadable is a finding as well
            bytes += found?.bytes ?? 0
            if found?.digest != output.digest {
                findings.append(
                    Finding(path: output.path, unit: output.unit, found: found?.digest))
            }
        }
        return Result(files: wanted.count, bytes: bytes, findings: findings)
    }
}
