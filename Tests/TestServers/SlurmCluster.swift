import FoundationEssentials
import Posix
import Processes

/// A real Slurm cluster on loopback, with a controller, a munge and keys of its own; it ends with the
/// object, or with the process that made it.
package final class SlurmCluster: Sendable {
    /// Is removed with all that is there when the cluster ends.
    package let folder: String
    /// The variables by which Slurm's commands find it.
    package var environment: [String: String?] { ["SLURM_CONF": "\(folder)/slurm.conf"] }
    /// The name of its node; of several, what their names begin with.
    package let node: String
    /// A folder of a disk that each node has for itself.
    package var disk: String { "\(folder)/disk" }
    private let child: ChildProcess

    /// Its daemons switch users, which takes root: `scripts/test` says whether they may.
    package static var isWanted: Bool { Environment.value("PIPELINE_TEST_SLURM") == "1" }

    /// - Parameters:
    ///   - processors: tasks that a node runs at once.
    ///   - hidden: the name of a folder in its own that its nodes do not see.
    ///   - nodes: how many it has.
    ///   - disk: the size of a disk of its own that each node has then, such as `48m`.
    package init(
        processors: Int = 4, hiding hidden: String? = nil, nodes: Int = 1, disk: String? = nil
    ) throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-slurm-\(UUID().uuidString)"
        self.folder = folder
        node = String(Host.name.prefix { $0 != "." })
        let script = String(#filePath.dropLast("SlurmCluster.swift".count)) + "slurm_cluster.sh"
        child = try ChildProcess(
            ProcessCommand(
                [
                    "bash", script, folder, "\(processors)", hidden.map { "\(folder)/\($0)" } ?? "",
                    "\(nodes)", disk ?? "",
                ]),
            standardInput: .pipe, standardOutput: .pipe,
            standardError: .file("\(folder).err", append: true))
        defer { try? FileSystem.remove("\(folder).err") }
        let output = child.standardOutput ?? -1
        let hasSpoken = try !Poll.wait([(output, .readable)], timeoutMs: 60_000).isEmpty
        guard hasSpoken, try !Descriptors.read(output, upTo: 64).isEmpty else {
            throw NotUp(log: logs())
        }
    }

    deinit {
        child.closeStandardInput()
        _ = child.wait(timeoutMs: 20_000)
    }

    /// What one of Slurm's commands prints.
    @discardableResult
    package func ask(_ words: String...) throws -> String {
        try ProcessRunner.run(ProcessCommand(words, environment: environment), timeout: 60)
            .standardOutputText
    }

    private func logs() -> String {
        let paths = ["munged", "slurmctld", "slurmd"].map { "\(folder)/log/\($0).out" }
        return ([folder + ".err"] + paths).map { (try? FileSystem.readText($0)) ?? "" }
            .joined(separator: "\n")
    }

    package struct NotUp: Error { package let log: String }
}
