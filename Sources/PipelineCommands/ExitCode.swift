/// What the process tells its caller. `docs/reference/commands.md` documents them.
package enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    /// Wrong use of the command line, or a wrong definition.
    case usage = 2
    /// `status --check` found work to do.
    case workToDo = 3
    case locked = 4
    case verificationFailed = 5
    /// The true state outside is unknown, or what was started there still goes on.
    case unknown = 6
    /// Credentials are missing or have ended; the same command goes on after signing in.
    case signIn = 7
    case interrupted = 130
    case terminated = 143
}
