package import Failures

/// Why an environment cannot be changed by this operator, or what its operators share cannot be used.
package enum LeaseError: Explained, Equatable {
    /// Another operator has it.
    case held(DeployRecord.Holder)
    /// Another operator has taken it, since it had run out or by `--take-lease`.
    ///
    /// - Parameter done: what this run had changed before it noticed, and how it is now; nil where it changed nothing
    ///   that stays.
    case lost(by: String, done: String? = nil)
    /// It was given back, and something was still to be changed.
    case over
    case unreadable(String)
    case newer(String, format: Int)
    case unwritable(String)
    case foreign(String, owner: DeployRecord.Owner)
    /// Of a format that does not say whose it is, and nothing in it names this project.
    case unclaimed(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .held(let holder):
            Failure(
                "lease-held", "\(holder.name) works on the environment (\(holder.reason))",
                cause: "its lease ends by itself",
                next: "wait; or, if it is certain that nothing goes on there",
                run: .again(adding: "--take-lease"))
        case .lost(let name, let done):
            Failure(
                "lease-lost", "\(name) has taken the lease on the environment from this run",
                cause: done ?? "this run stopped before its next change",
                next: "look with `pipeline status` what is live", run: .again)
        case .over:
            Failure(
                "unexpected", "the environment was to be changed after the lease was given back",
                next:
                    "this is a fault of the program: please report it with the command and this text"
            )
        case .unreadable(let place):
            Failure(
                "record-damaged", "the environment's record \(place) is damaged",
                next:
                    "put an earlier version of the object back, if S3 keeps versions; without one move it away: the "
                    + "next run creates it again and reads every slot",
                run: .exact("aws s3 mv \(place) \(place).damaged"))
        case .newer(let place, let format):
            Failure(
                "record-newer",
                "the environment's record \(place) is of format \(format), which a newer version of this program "
                    + "wrote", next: "install that version")
        case .unwritable(let place):
            Failure(
                "record-unwritable",
                "the environment's record \(place) could not be written, though nobody else did",
                next: "check the bucket's policy", run: .again)
        case .foreign(let place, let owner):
            Failure(
                "record-foreign",
                "the record \(place) belongs to project \"\(owner.project)\", environment \"\(owner.environment)\" "
                    + "(\(owner.application), \(owner.place)); nothing was changed",
                next: "check \"bucket\" in the environment's file and the project's name")
        case .unclaimed(let place):
            Failure(
                "record-unclaimed",
                "the record \(place) does not say whose it is, and nothing in it names this project; nothing was changed",
                cause:
                    "an earlier version of this program wrote it, for any project with an environment of this name",
                next:
                    "let the project that it belongs to deploy once with this version; if it is of this project, or of "
                    + "no use any more, move it away: the next run looks at every slot",
                run: .exact("aws s3 mv \(place) \(place).old"))
        }
    }
}

/// For the exit code alone: the error itself says what to do.
extension LeaseError: PausingError {
    package var pause: StepPause? {
        if case .held = self { return .isHeld }
        return nil
    }
}
