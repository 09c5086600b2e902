package import Failures

/// Why a call to AWS did not do what was asked.
package enum AWSError: RemoteError, Equatable, Explained {
    case toolMissing(String)
    /// The service refused, and will refuse again.
    case refused(call: String, code: String, message: String)
    /// There are no credentials, or they are wrong or have ended.
    case credentials(code: String, message: String)
    /// Busy, away or unreachable until patience ended; what was asked for was not done.
    case unavailable(call: String, detail: String, seconds: Int)
    /// The call was sent and its answer lost: it may have been done, and it must not be sent again blindly.
    case answerLost(call: String, detail: String)
    /// It failed in a way that is not known, as often as it was tried.
    case failed(call: String, detail: String, tries: Int)
    /// The program's own configuration cannot be used.
    case configuration(String)
    /// The other side's certificate is not trusted.
    case certificate(String)
    case clock(message: String)
    case unreadable(call: String, detail: String)
    /// The tool does not know the call or an option of it.
    case toolTooOld(call: String, detail: String)
    case interrupted

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .toolMissing(let program):
            Failure(
                "aws-tool-missing", "\"\(program)\" was not found",
                next:
                    "install the AWS command line tool "
                    + "(https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)"
            )
        case .refused(let call, let code, let message) where Self.isDenial(code):
            Failure(
                "aws-denied", "AWS does not allow \"\(call)\" (\(code))", cause: message,
                next:
                    "the guide of the environment's route has the policy that it needs; attach it",
                run: .again)
        case .refused(let call, let code, let message):
            Failure(
                "aws-refused", "AWS refused \"\(call)\" (\(code))", cause: message,
                next: "fix the cause", run: .again)
        case .credentials(let code, let message):
            Failure(
                "aws-credentials", "AWS does not accept your credentials (\(code))", cause: message,
                next: "Sign in again (aws sso login, aws configure)", run: .again)
        case .unavailable(let call, let detail, let seconds):
            Failure(
                "aws-unavailable", "\"\(call)\" got no good answer in \(seconds) s", cause: detail,
                next: "wait a while", run: .again)
        case .answerLost(let call, let detail):
            Failure(
                "aws-answer-lost", "the answer to \"\(call)\" was lost, and it may have been done",
                cause: detail, next: "the next try looks first", run: .again)
        case .failed(let call, let detail, let tries):
            Failure(
                "aws-failed", "\"\(call)\" failed, \(tries) times in a row", cause: detail,
                next: "fix the cause", run: .again)
        case .configuration(let message):
            Failure(
                "aws-configuration", "the AWS command line tool cannot use its configuration",
                cause: message,
                next:
                    "check ~/.aws/config and the profile that the environment names, for example by \"aws configure list\"",
                run: .again)
        case .certificate(let message):
            Failure(
                "aws-certificate", "the certificate of the other side is not trusted",
                cause: message,
                next:
                    "if a proxy of your network re-signs traffic, name its certificates by AWS_CA_BUNDLE",
                run: .again)
        case .clock(let message):
            Failure(
                "clock-wrong", "this machine's clock is wrong, so AWS refuses what it signs",
                cause: message, next: "set the clock", run: .again)
        case .unreadable(let call, let detail):
            Failure(
                "aws-unreadable", "the answer to \"\(call)\" could not be read", cause: detail,
                next: "check the version of the AWS command line tool", run: "aws --version")
        case .toolTooOld(let call, let detail):
            Failure(
                "aws-tool-too-old", "your AWS command line tool cannot do \"\(call)\"",
                cause: detail,
                next: "install a newer one", run: .again)
        case .interrupted: .interrupted
        }
    }

    /// The service's own code of a refusal, such as `ResourceNotFoundException`.
    package var code: String? {
        switch self {
        case .refused(_, let code, _), .credentials(let code, _): code
        default: nil
        }
    }

    package var goesOn: Bool {
        switch self {
        case .answerLost, .unavailable, .interrupted: true
        default: false
        }
    }

    package static func isDenial(_ code: String) -> Bool {
        code.hasPrefix("AccessDenied") || code == "UnauthorizedOperation"
            || code == "AuthorizationError" || code == "InsufficientPrivilegesException"
    }
}

/// For the exit code alone: the error itself says what to do.
extension AWSError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .credentials: .needsSignIn
        case .answerLost, .unavailable: .goesOn
        default: nil
        }
    }
}
