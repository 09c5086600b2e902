/// Why a call to AWS did not do what was asked.
package enum AWSError: RemoteError, Equatable, CustomStringConvertible {
    case toolMissing(String)
    /// The service said no, and will go on saying so.
    case refused(call: String, code: String, message: String)
    /// There are no credentials, or they are wrong or have ended.
    case credentials(code: String, message: String)
    /// Busy, away or unreachable until patience ended; what was asked for was not done.
    case unavailable(call: String, detail: String, seconds: Int)
    /// The call was sent and its answer lost: it may have been done, and it must not be sent again blindly.
    case answerLost(call: String, detail: String)
    case clock(message: String)
    case unreadable(call: String, detail: String)
    /// The tool does not know the call or an option of it.
    case toolTooOld(call: String, detail: String)
    case interrupted

    package var description: String {
        switch self {
        case .toolMissing(let program):
            "\"\(program)\" was not found: install the AWS command line tool "
                + "(https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)"
        case .refused(let call, let code, let message) where Self.isDenial(code):
            "AWS does not allow \"\(call)\" (\(code)): \(message). The guide of the environment's route "
                + "has the policy that it needs"
        case .refused(let call, let code, let message):
            "AWS refused \"\(call)\" (\(code)): \(message)"
        case .credentials(let code, let message):
            "AWS does not accept your credentials (\(code)): \(message). Sign in again "
                + "(aws sso login, aws configure), then give the same command"
        case .unavailable(let call, let detail, let seconds):
            "\"\(call)\" got no good answer in \(seconds) s (\(detail)): give the same command again later; "
                + "it goes on from there"
        case .answerLost(let call, let detail):
            "the answer to \"\(call)\" was lost (\(detail)), and it may have been done: give the same "
                + "command again; it looks first"
        case .clock(let message):
            "this machine's clock is wrong, so AWS refuses what it signs: \(message). Set the clock, "
                + "then give the same command again"
        case .unreadable(let call, let detail):
            "the answer to \"\(call)\" could not be read: \(detail)"
        case .toolTooOld(let call, let detail):
            "your AWS command line tool cannot do \"\(call)\": \(detail). Install a newer one"
        case .interrupted: "interrupted"
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
