import Posix

/// Running a program to its end.
package enum ProcessRunner {
    /// One of the two streams that a program writes.
    package enum Stream: Hashable, Sendable {
        case standardOutput, standardError
    }

    /// Runs a command and returns what it wrote and how it ended, whatever its exit.
    ///
    /// - `input`: bytes for its standard input; nil is /dev/null. What it does not read is no error.
    /// - `outputLimit`: bytes to keep of each stream. It runs on beyond that, and its lines are reported.
    /// - `timeout`: seconds; then `ProcessError.timedOut`.
    /// - `grace`: seconds between TERM and KILL for the whole group, on timeout and when cancelled.
    /// - `cancel`: once cancelled, `ProcessError.interrupted`.
    /// - `onLine`: called in this thread with each line when it is complete.
    ///
    /// Returns once the program itself has ended: processes that it leaves behind, and that hold its pipes
    /// open, are waited for no longer than a tenth of a second.
    package static func run(
        _ command: ProcessCommand, input: [UInt8]? = nil, outputLimit: Int = 16 << 20,
        timeout: Double? = nil, grace: Double = 5, cancel: Cancellation? = nil,
        onLine: ((Stream, String) -> Void)? = nil
    ) throws(ProcessError) -> ProcessOutput {
        if cancel?.isCancelled == true { throw .interrupted }
        let child = try ChildProcess(
            command, standardInput: input == nil ? .null : .pipe,
            standardOutput: .pipe, standardError: .pipe)
        var session = RunSession(
            child, input: input ?? [], outputLimit: outputLimit, timeout: timeout, grace: grace,
            cancel: cancel, onLine: onLine)
        let result: Result<ProcessOutput, ProcessError>
        do {
            result = try session.run()
        } catch {
            // Whatever went wrong here, no process is left behind.
            child.terminate(grace: grace)
            throw .system(error)
        }
        return try result.get()
    }
}
