package import Failures
package import Processes

/// Why Slurm could not be asked, or said no.
package enum SlurmError: Explained {
    case notInstalled(program: String)
    /// It answered with an error, in its own words.
    case refused(program: String, message: String)
    case process(ProcessError)
    /// It did not answer within so many seconds, and was ended.
    case hung(program: String, seconds: Double)

    /// Whether asking again may help: the controller could not be reached or was busy.
    ///
    /// The texts are those of `slurm_strerror(3)` and of sbatch(1).
    package var isTemporary: Bool {
        if isHung { return true }
        guard case .refused(_, let message) = self else { return false }
        return [
            "Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted",
            "temporarily unable", "Connection refused", "Resource temporarily unavailable",
        ].contains { message.contains($0) }
    }

    package var isHung: Bool {
        if case .hung = self { true } else { false }
    }

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .notInstalled(let program):
            Failure(
                "slurm-missing",
                "\"\(program)\" is not on the PATH: \"executor: slurm\" needs the commands of Slurm",
                next:
                    "run this on a machine that submits to the cluster, or set \"executor: local\"")
        case .refused(let program, let message):
            Failure(
                "slurm-refused",
                "\(program): \(message.isEmpty ? "it failed without a word" : message)",
                next: "check \"slurm\" in the definition", run: .again)
        case .process(let error): error.failure
        case .hung(let program, let seconds):
            Failure(
                "slurm-hung", "\(program) did not answer within \(Int(seconds)) s and was ended",
                cause: "Slurm's controller is down, or cannot be reached from this machine",
                next: "see whether \"sinfo\" answers; then go on with the same command", run: .again
            )
        }
    }
}
