package import Failures
import PipelineEngine

/// Why an environment at AWS cannot be worked with, and what to do.
package enum CloudError: Explained {
    case unsafeEndpoint(String)
    case wrongAccount(wanted: String, found: String, String)
    case credentialsShort(minutes: Int, needed: Int)
    case notReleased(label: String?, environment: String)
    case noShell(environment: String)
    case noPlugin
    case backupFailed(state: String, message: String)
    case backupGoesOn(id: String, seconds: Int)
    case noLease
    /// The environment runs in no service, or in one that keeps no such thing.
    case keepsNone(String, environment: String)
    case notCloud(environment: String)
    case notAmazon(repository: String)
    case notOpened(environment: String)
    /// What is live is newer than what is here.
    case newerLive(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .unsafeEndpoint(let url):
            Failure(
                "unsafe-endpoint",
                "the endpoint \"\(url)\" is neither https nor on this machine",
                cause: "what is signed and sent would be open to all on the way",
                next: "write an https address")
        case .wrongAccount(let wanted, let found, let arn):
            Failure(
                "wrong-account",
                "the credentials belong to account \(found) (\(arn)), and the environment to account "
                    + "\(wanted); nothing was asked or changed",
                next: "set \"profile\", AWS_PROFILE, or sign in to the other account",
                run: "aws sts get-caller-identity")
        case .credentialsShort(let minutes, let needed):
            Failure(
                "credentials-short",
                "the credentials end in \(minutes) min, and this step may need \(needed)",
                next: "sign in again (aws sso login)", run: .again)
        case .notReleased(let label, let environment):
            Failure(
                "not-released",
                "environment \"\(environment)\" runs version \(label.map { "\"\($0)\"" } ?? "nothing"), which "
                    + "this tool has not made",
                next: "make a release of what is here", run: "pipeline run deploy")
        // The code is as old as the tool, and scripts know it.
        case .keepsNone(let what, let environment):
            Failure(
                "not-beanstalk",
                "environment \"\(environment)\" has no service that keeps \(what)",
                next: "name another one with --environment")
        case .notCloud(let environment):
            Failure(
                "not-at-aws", "environment \"\(environment)\" is not at AWS",
                next: "name another one with --environment")
        case .notAmazon(let repository):
            Failure(
                "not-amazon", "\(repository) is not a repository of Amazon's",
                next: "prune it by its own means")
        case .notOpened(let environment):
            Failure(
                "unexpected",
                "the data of \"\(environment)\" was read before its connection was open",
                next:
                    "this is a fault of the program: please report it with the command and this text"
            )
        case .newerLive(let text):
            Failure(
                "newer-release-live",
                "this deployment would replace a newer release; nothing was changed",
                cause: text, next: "take over what it was made from; if it is to go",
                run: .again(adding: "--yes"))
        case .noShell(let environment):
            Failure(
                "no-shell", "environment \"\(environment)\" has no machine to open a shell on",
                cause: "that is for route bucket, and for environments of kind ecs",
                next: "name another one with --environment")
        case .backupFailed(let state, let message):
            Failure(
                "backup-failed",
                "the backup that was to be made first ended as \(state); no slot was touched",
                cause: message, next: "fix the cause", run: .again)
        case .backupGoesOn(let id, let seconds):
            Failure(
                "backup-goes-on",
                "the backup that is to be made first (job \(id)) still goes on after \(seconds) s; no slot was "
                    + "touched", next: "the next try goes on waiting for it", run: .again)
        case .noPlugin:
            Failure(
                "session-plugin-missing",
                "sessions need \"session-manager-plugin\", which was not found",
                next:
                    "install it (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)"
            )
        case .noLease:
            Failure(
                "unexpected", "the environment is changed without the operators' lease",
                next:
                    "this is a fault of the program: please report it with the command and this text"
            )
        }
    }
}

/// For the exit code alone: the error itself says what to do.
extension CloudError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .credentialsShort: .needsSignIn
        case .backupGoesOn: .goesOn
        default: nil
        }
    }
}
