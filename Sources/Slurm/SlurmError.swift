package import Processes

/// Why Slurm could not be asked, or said no.
package enum SlurmError: Error, CustomStringConvertible {
    case notInstalled(program: String)
    /// It answered with an error, in its own words.
    case refused(program: String, message: String)
    case process(ProcessError)

    /// Whether asking again may help: the controller could not be reached or was busy.
    ///
    /// The texts are those of `slurm_strerror(3)` and of sbatch(1).
    package var isTemporary: Bool {
        guard case .refused(_, let message) = self else { return false }
        return [
            "Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted",
            "temporarily unable", "Connection refused", "Resource temporarily unavailable",
        ].contains { message.contains($0) }
    }

    package var description: String {
        switch self {
        case .notInstalled(let program):
            "\"\(program)\" is not on the PATH: \"executor: slurm\" needs the commands of Slurm; run this on a "
                + "machine that submits to the cluster, or set \"executor: local\""
        case .refused(let program, let message):
            "\(program): \(message.isEmpty ? "it failed without a word" : message)"
        case .process(let error): "\(error)"
        }
    }
}
