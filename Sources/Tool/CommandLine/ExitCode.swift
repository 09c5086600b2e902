/// What the process tells its caller. `docs/reference/commands.md` documents them.
package enum ExitCode: Int32, CaseIterable, Sendable {
    case done = 0
    case failed = 1
    /// Wrong use of the command line, or a wrong definition.
    case usage = 2
    /// `status --check` found work to do.
    case workToDo = 3
    case locked = 4
    case verificationFailed = 5
    /// The true state outside is unknown, or what was started there is not finished.
    case unknown = 6
    /// Credentials are missing or have ended; the same command resumes after signing in.
    case signIn = 7
    case interrupted = 130
    case terminated = 143

    /// As the manual page explains it.
    var meaning: String {
        switch self {
        case .done: "All went well."
        case .failed: "Something failed; what was done is kept."
        case .usage: "The command line or the definition is wrong; nothing was done."
        case .workToDo: "status --check: there is work to do."
        case .locked: "Another run or another operator holds what is needed."
        case .verificationFailed:
            "verify: something is not what it should be; run --plan: the plan is stale."
        case .unknown:
            "The true state outside is not known, or what was started there is not finished."
        case .signIn:
            "Credentials are missing or have ended; the same command resumes after signing in."
        case .interrupted: "Ended by SIGINT; the same command resumes."
        case .terminated: "Ended by SIGTERM; the same command resumes."
        }
    }
}
