import Glibc
package import Posix

/// Why a process did not start, or was stopped. That it ended badly is no error but a `ProcessExit`.
package enum ProcessError: Error, Equatable, CustomStringConvertible {
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

    package var description: String {
        switch self {
        case .executableNotFound(let name):
            "\"\(name)\" was not found: install it, or put its folder into PATH"
        case .directoryMissing(let path):
            "the working directory \"\(path)\" does not exist: create it first"
        case .spawnFailed(let name, ENOENT):
            "\"\(name)\" did not start: the interpreter that its first line names is missing"
        case .spawnFailed(let name, let code):
            "\"\(name)\" did not start: \(String(cString: strerror(code)))"
        case .timedOut(let seconds):
            "stopped after \(seconds) s without an end: raise the time limit if it needs longer"
        case .interrupted:
            "interrupted"
        case .system(let error):
            error.description
        }
    }
}
