/// Why a step stopped though nothing is wrong with it: the same command resumes it later.
package enum StepPause: Sendable, Hashable {
    /// What was begun outside is still in progress, or its end is not known.
    case goesOn
    /// Credentials are missing or have ended.
    case needsSignIn
    /// Another operator is at work.
    case isHeld
}

/// Errors that are a pause.
package protocol PausingError: Error {
    var pause: StepPause? { get }
}
