import Texts

/// How a call of the command line tool failed: what it means for what to do next.
enum AWSFailure: Equatable {
    /// Asked too often: nothing was done, and asking again is always right.
    case throttled(code: String)
    /// Something broke there or on the way; whether the call was done is unknown.
    case transient(detail: String)
    /// No connection was made, so nothing was done.
    case unreached(detail: String)
    /// No form that is known: whether the call was done is unknown, and so is whether asking again helps.
    case unknown(detail: String)
    case final(AWSError)

    /// - Parameter status: the program's exit status; nil where a signal ended it.
    init(standardError: String, status: Int32? = nil, call: AWSCall) {
        if let said = AWSErrorText(standardError) {
            let lowered = said.message.lowercased()
            if said.operation == nil, Self.adviceToSignIn.contains(where: lowered.contains) {
                self = .final(.credentials(code: said.code, message: said.message))
                return
            }
            // Only an answer of the service names the operation: other codes are the program's own.
            if said.isService || Self.codes.contains(said.code) {
                self.init(said, call: call)
                return
            }
            if let failure = Self.failure(of: "\(said.code) \(said.message)", call) {
                self = failure
                return
            }
            self = Self.byStatus(status, "\(said.code): \(said.message)", call)
            return
        }
        let text = AWSErrorText.lastLines(standardError)
        self = Self.failure(of: text, call) ?? Self.byStatus(status, text, call)
    }

    private init(_ said: AWSErrorText, call: AWSCall) {
        let (code, message) = (said.code, said.message)
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
        // The program signs in by itself before it calls: a refusal of that is no answer to the call.
        case _ where said.operation.map(Self.signIns.contains) == true:
            self = .final(.credentials(code: code, message: message))
        default:
            self = .final(.refused(call: call.name, code: code, message: message))
        }
    }

    /// Exit statuses of version 2: 252 for wrong use, 253 for the environment or configuration of the program
    /// (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html).
    private static func byStatus(_ status: Int32?, _ text: String, _ call: AWSCall) -> AWSFailure {
        switch status {
        case 252: .final(.refused(call: call.name, code: "usage", message: text))
        case 253: .final(.configuration(text))
        default: .unknown(detail: text.isEmpty ? "it ended without a message" : text)
        }
    }

    /// What the program itself reports, by the texts of botocore's exceptions, which both versions share; nil
    /// for all others.
    private static func failure(of text: String, _ call: AWSCall) -> AWSFailure? {
        let lowered = text.lowercased()
        func has(_ phrases: [String]) -> Bool { phrases.contains { lowered.contains($0) } }
        if has(certificatePhrases) { return .final(.certificate(text)) }
        if has(signInPhrases) { return .final(.credentials(code: "none", message: text)) }
        if has(configurationPhrases) { return .final(.configuration(text)) }
        if has(unreachedPhrases) { return .unreached(detail: text) }
        if has(["invalid choice", "unknown options", "unrecognized arguments"]) {
            return .final(.toolTooOld(call: call.name, detail: text))
        }
        if has([
            "parameter validation failed", "aws: error: ", "the following arguments are required",
        ]) {
            return .final(.refused(call: call.name, code: "usage", message: text))
        }
        // Read timeouts, closed connections, answers that are no XML or JSON: anything may have happened.
        return has(transientPhrases) ? .transient(detail: text) : nil
    }

    private static let certificatePhrases = [
        "ssl validation failed", "certificate verify failed", "certificate_verify_failed",
        "suitable tls ca certificate bundle", "sslcertverificationerror",
    ]

    private static let signInPhrases = [
        "unable to locate credentials", "unable to locate authorization token", "nocredentials",
        "partial credentials found", "error when retrieving credentials",
        "error when retrieving token", "error loading sso token", "the sso session associated",
        "token has expired", "token is expired", "refresh failed", "aws sso login", "aws login",
        "session has expired", "session token not found", "please reauthenticate",
        "error loading login session", "authorization code",
        "refreshed credentials are still expired", "mfa token required", "credentials have expired",
        "expiredtoken", "expired or is otherwise invalid", "token provider named",
    ]

    private static let adviceToSignIn = [
        "aws sso login", "aws login", "unable to locate credentials", "please reauthenticate",
    ]

    private static let configurationPhrases = [
        "could not be found", "unable to parse config file", "infinite loop in credential",
        "references an unknown", "you must specify a region", "noregion", "invalid endpoint",
        "invalid configuration", "invalid value", "invalid retry", "credential_source",
        "source_profile", "provided region_name", "invalid region", "unsupported configuration",
        "missing the following required sso configuration", "configured to use sso but",
        "badly formed", "error parsing",
    ]

    private static let unreachedPhrases = [
        "could not connect to the endpoint url", "connect timeout on endpoint url",
        "failed to establish a new connection", "failed to connect to proxy url",
    ]

    private static let transientPhrases = [
        "read timeout on endpoint url", "connection was closed before", "connection reset",
        "connection aborted", "broken pipe", "incompleteread", "unable to parse response",
        "an error occurred while reading from response stream", "an http client raised",
        "remote end closed connection",
    ]

    private static let codes = throttling.union(transients).union(credentials)

    /// Operations by which the program gets its credentials; this tool calls none of them.
    private static let signIns: Set = [
        "AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetRoleCredentials",
        "CreateToken", "CreateOAuth2Token", "GetSessionToken",
    ]

    // Those that the AWS SDKs retry on
    // (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
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
        "UnrecognizedClientException", "UnrecognizedClient", "InvalidAccessKeyId", "AuthFailure",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidToken",
        "TokenRefreshRequired", "InvalidGrantException", "NoCredentials", "InvalidIdentityToken",
        "NotSignedIn", "IncompleteSignature", "InvalidSecurity", "TokenRefreshRequiredException",
    ]
}
