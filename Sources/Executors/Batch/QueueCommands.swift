package import Failures
package import Processes

/// Starts the commands of a queue, which answer soon or are ended.
package struct QueueCommands: Sendable {
    /// Changes to the environment of the commands.
    private let environment: [String: String?]
    /// Seconds that one command may take.
    private let timeout: Double
    private let cancel: Cancellation?

    package init(environment: [String: String?], timeout: Double, cancel: Cancellation?) {
        self.environment = environment
        self.timeout = timeout
        self.cancel = cancel
    }

    /// Why a command gave no answer.
    package enum Problem: Error {
        /// It is not on the PATH.
        case missing(program: String)
        case hung(program: String, seconds: Double)
        /// It could not be started, or the run was interrupted.
        case other(Failure)
    }

    /// The same, for what is asked because the run was cancelled.
    package var afterCancellation: QueueCommands {
        QueueCommands(environment: environment, timeout: timeout, cancel: nil)
    }

    /// - Returns: what the command printed, and how it ended.
    package func output(
        _ words: [String], input: String? = nil
    ) throws(Problem) -> ProcessOutput {
        do {
            return try ProcessRunner.run(
                ProcessCommand(words, environment: environment),
                input: input.map { Array($0.utf8) }, timeout: timeout, grace: 1, cancel: cancel)
        } catch {
            switch error {
            case .executableNotFound: throw .missing(program: words[0])
            case .timedOut(let seconds): throw .hung(program: words[0], seconds: seconds)
            default: throw .other(error.failure)
            }
        }
    }
}
