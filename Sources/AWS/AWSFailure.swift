/// What the command line tool said when a call failed, read into what it means.
///
/// Codes are those that the AWS SDKs retry on
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
enum AWSFailure: Equatable {
    /// Asked too often: nothing was done, and asking again is always right.
    case throttled(code: String)
    /// Something broke there or on the way; whether the call was done is unknown.
    case transient(detail: String)
    /// No connection was made, so nothing was done.
    case unreached(detail: String)
    case final(AWSError)

    init(standardError: String, call: AWSCall) {
        let text = Self.lastParagraph(standardError)
        if let said = Self.serviceError(text) {
            self.init(code: said.code, message: said.message, call: call)
            return
        }
        switch text {
        case let text where text.contains("Could not connect to the endpoint URL"),
            let text where text.contains("Connect timeout on endpoint URL"),
            let text where text.contains("Failed to establish a new connection"):
            self = .unreached(detail: text)
        case let text where text.contains("Unable to locate credentials"),
            let text where text.contains("could not be found"),
            let text where text.contains("Error loading SSO Token"),
            let text where text.contains("token has expired"):
            self = .final(.credentials(code: "none", message: text))
        case let text where text.contains("Invalid choice"),
            let text where text.contains("Unknown options"):
            self = .final(.toolTooOld(call: call.name, detail: text))
        case let text where text.contains("Parameter validation failed"),
            let text where text.contains("error: "):
            self = .final(.refused(call: call.name, code: "usage", message: text))
        default:
            // Read timeouts, closed connections, answers that are no XML or JSON: anything may have happened.
            self = .transient(detail: text.isEmpty ? "it ended without a word" : text)
        }
    }

    private init(code: String, message: String, call: AWSCall) {
        switch code {
        case _ where Self.throttling.contains(code): self = .throttled(code: code)
        case _ where Self.transients.contains(code): self = .transient(detail: code)
        case "RequestTimeTooSkewed", "RequestInTheFuture":
            self = .final(.clock(message: message))
        case "SignatureDoesNotMatch" where message.contains("Signature expired"),
            "InvalidSignatureException" where message.contains("Signature expired"):
            self = .final(.clock(message: message))
        case _ where Self.credentials.contains(code):
            self = .final(.credentials(code: code, message: message))
        default:
            self = .final(.refused(call: call.name, code: code, message: message))
        }
    }

    private static let throttling: Set = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
        "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
        "ProvisionedThroughputExceededException", "429",
    ]

    private static let transients: Set = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure",
        "InternalServerError", "InternalServiceError", "ServerException", "ServiceUnavailable",
        "ServiceUnavailableException", "Unavailable", "500", "502", "503", "504",
    ]

    private static let credentials: Set = [
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId",
        "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure",
        "MissingAuthenticationToken", "SignatureDoesNotMatch", "InvalidSignatureException",
    ]

    /// `An error occurred (CODE) when calling the OPERATION operation: MESSAGE`, with a remark about
    /// retries that may stand before the colon. That form is botocore's, and the same in all versions.
    private static func serviceError(_ text: String) -> (code: String, message: String)? {
        guard let start = text.firstRange(of: "An error occurred (") else { return nil }
        let rest = text[start.upperBound...]
        guard let end = rest.firstRange(of: ") when calling the ") else { return nil }
        let after = rest[end.upperBound...]
        let message = after.firstRange(of: ": ").map { String(after[$0.upperBound...]) }
        return (String(rest[..<end.lowerBound]), message ?? String(after))
    }

    private static func lastParagraph(_ text: String) -> String {
        let lines = text.split { $0.isNewline }.map(String.init)
            .filter { $0.contains { !$0.isWhitespace } }
        // Usage comes before what is wrong.
        let words = lines.suffix(3).joined(separator: " ")
        if let start = words.firstRange(of: "An error occurred (") {
            return String(words[start.lowerBound...])
        }
        return words
    }
}
