package import BatchExecution
package import Failures
import Texts

/// Why Slurm could not be asked, or refused.
extension BatchQueueError {
    static func missing(program: String) -> BatchQueueError {
        BatchQueueError(
            .missing,
            Failure(
                "slurm-missing",
                "\"\(program)\" is not on the PATH: \"executor: slurm\" needs the commands of Slurm",
                next:
                    "run this on a machine that submits to the cluster, or set \"executor: local\"")
        )
    }

    /// - Parameter message: in Slurm's own words.
    static func refused(program: String, _ message: String) -> BatchQueueError {
        BatchQueueError(
            isTemporary(message) ? .temporary : .refused,
            Failure(
                "slurm-refused",
                "\(program): \(message.isEmpty ? "it failed without a word" : message)",
                next: "check \"slurm\" in the definition", run: .again))
    }

    static func hung(program: String, seconds: Double) -> BatchQueueError {
        BatchQueueError(
            .hung,
            Failure(
                "slurm-hung", "\(program) did not answer within \(Int(seconds)) s and was ended",
                cause: "Slurm's controller is down, or cannot be reached from this machine",
                next: "see whether \"sinfo\" answers; then go on with the same command", run: .again
            ))
    }

    /// Whether the controller could not be reached or was busy.
    ///
    /// The texts are those of `slurm_strerror(3)` and of sbatch(1).
    private static func isTemporary(_ message: String) -> Bool {
        [
            "Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted",
            "temporarily unable", "Connection refused", "Resource temporarily unavailable",
        ].contains { message.contains($0) }
    }
}

extension SlurmQueue {
    package func failure(_ problem: BatchProblem, task: String) -> Failure {
        switch problem {
        case .cancelled:
            Failure(
                "slurm-cancelled", "Slurm's task \(task) was cancelled",
                next: "find out who or which rule cancelled it", run: .again)
        case .timedOut:
            Failure(
                "slurm-timeout", "Slurm ended task \(task) at its time limit",
                next: "raise \"slurm: time\", or give the unit a \"timeout\"")
        case .outOfMemory:
            Failure(
                "slurm-memory", "Slurm ended task \(task) for its memory", next: "raise \"memory\"")
        case .ended(let end, let log):
            Failure(
                "slurm-task-ended",
                "Slurm's task \(task) ended (\(Self.word(end?.state)), exit code "
                    + "\(end?.exitCode ?? "?") on \(end?.node ?? "?"))",
                cause: log.isEmpty ? nil : log,
                next: "fix the cause (the task's log lies in .pipeline/cluster)", run: .again)
        case .programMissing(let program, let end):
            Failure(
                "slurm-node-program",
                "\(end.node) has no program \"\(program)\", which Slurm's task \(task) is to start",
                next: "install this program on the nodes, and name it under \"slurm: program\"")
        case .archiveUnreachable(let end, let log):
            Failure(
                "slurm-node-archive",
                "Slurm's task \(task) does not reach the archive from \(end.node)",
                cause: "what it printed is in \(log) there",
                next:
                    "see that the node reaches the archive with credentials of its own; if it does so by other names, "
                    + "write them under \"slurm: archive\"")
        case .lost(let times, let end):
            Failure(
                "slurm-lost",
                "Slurm lost its task \(times) times, last \(task) "
                    + "(\(end.map { "\($0.state)" } ?? "Slurm no longer knows how"))",
                next: "see which nodes are down with \"sinfo -R\"",
                run: .again)
        }
    }

    private static func word(_ state: BatchTaskState?) -> String {
        if case .failed(let word) = state { word } else { "?" }
    }
}
