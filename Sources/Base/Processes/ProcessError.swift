package import Failures
import Glibc
package import Posix

/// Why a process did not start, or was stopped. That it ended badly is no error but a `ProcessExit`.
package enum ProcessError: Explained, Equatable {
    /// No executable file of this name in the `PATH` of the child, or at this path.
    case executableNotFound(String)
    /// The working directory does not exist or is no folder.
    case directoryMissing(String)
    /// The kernel refused to start this program: an error number of execve(2) or fork(2).
    case spawnFailed(String, code: Int32)
    /// Stopped since it ran for longer than these seconds.
    case timedOut(after: Double)
    /// Stopped since its `Cancellation` was cancelled.
    case interrupted
    /// A pipe or a file for its streams could not be made or used.
    case system(PosixError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .executableNotFound(let name):
            Failure(
                "program-not-found", "\"\(name)\" was not found",
                next: "install it, or put its folder into PATH")
        case .directoryMissing(let path):
            Failure(
                "working-folder-missing", "the working directory \"\(path)\" does not exist",
                next: "create it first", run: .exact("mkdir -p \(path)"))
        case .spawnFailed(let name, ENOENT):
            Failure(
                "interpreter-missing", "\"\(name)\" did not start",
                cause: "the interpreter that its first line names is missing",
                next: "install that, or fix the line", run: .exact("head -n 1 \(name)"))
        case .spawnFailed(let name, let code):
            Failure(
                "program-not-started", "\"\(name)\" did not start",
                cause: String(cString: strerror(code)), next: "check the file and its mode",
                run: .exact("ls -l \(name)"))
        case .timedOut(let seconds):
            Failure(
                "timed-out", "stopped after \(seconds) s without an end",
                next: "raise the time limit if it needs longer")
        case .interrupted: .interrupted
        case .system(let error): error.failure
        }
    }
}
