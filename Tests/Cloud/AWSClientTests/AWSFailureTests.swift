import Failures
import Testing

@testable import AWS

@Suite("What the program says when a call fails")
struct AWSFailureTests {
    private let call = AWSCall.callerIdentity()

    private func read(_ text: String) -> AWSFailure { AWSFailure(standardError: text, call: call) }

    @Test("throttling in all its names")
    func throttling() {
        for code in ["Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown"] {
            let text = "\nAn error occurred (\(code)) when calling the X operation: Rate exceeded\n"
            #expect(read(text) == .throttled(code: code))
        }
        // As it says it after its own retries.
        let text =
            "An error occurred (Throttling) when calling the X operation (reached max retries: 4): Rate"
        #expect(read(text) == .throttled(code: "Throttling"))
    }

    @Test("errors of the service may have done anything; unreached ones have done nothing")
    func transients() {
        #expect(
            read("An error occurred (503) when calling the X operation: Service Unavailable")
                == .transient(detail: "503"))
        let closed =
            "Connection was closed before we received a valid response from endpoint URL: \"u\"."
        #expect(read(closed) == .transient(detail: closed))
        let unreached = "Could not connect to the endpoint URL: \"http://127.0.0.1:1/\""
        #expect(read("\n\(unreached)\n") == .unreached(detail: unreached))
    }

    @Test("a refusal keeps its code and its words")
    func refusals() {
        let text = """
            usage: aws [options] <command>

            An error occurred (ResourceNotFoundException) when calling the DescribeServer operation: Unknown \
            server: s-1
            """
        #expect(
            read(text)
                == .final(
                    .refused(
                        call: "sts get-caller-identity", code: "ResourceNotFoundException",
                        message: "Unknown server: s-1")))
    }

    @Test("credentials and clocks are distinguished from refusals")
    func credentials() {
        #expect(
            read("An error occurred (ExpiredToken) when calling the X operation: it ended")
                == .final(.credentials(code: "ExpiredToken", message: "it ended")))
        #expect(
            read(
                "An error occurred (SignatureDoesNotMatch) when calling the X operation: Signature expired: 1 is now earlier than 2"
            )
                == .final(.clock(message: "Signature expired: 1 is now earlier than 2")))
        guard
            case .final(.credentials) = read(
                "Unable to locate credentials. You can configure credentials by running \"aws configure\"."
            )
        else {
            Issue.record("no credentials are not seen as that")
            return
        }
    }

    @Test("waits double to a bound, at random below it")
    func backoff() {
        let backoff = Backoff(base: 0.5, most: 20)
        #expect((0..<8).map(backoff.bound) == [0.5, 1, 2, 4, 8, 16, 20, 20])
        #expect(backoff.wait(3, chance: 0) == 0)
        #expect(backoff.wait(3, chance: 0.5) == 2)
        #expect(backoff.bound(100_000) == 20)
    }

    /// As both versions, old and new, word them.
    @Test(
        "an ended or missing sign-in is one, in all wordings and formats",
        arguments: [
            "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
            "aws: [ERROR]: An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running \"aws login\".",
            "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
            "Error loading SSO Token: Token for https://x.awsapps.com/start does not exist",
            "Error when retrieving token from sso: Token has expired and refresh failed",
            "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.",
            "\nAn error occurred (UnauthorizedException) when calling the GetRoleCredentials operation: Session token not found or invalid",
            "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access",
            "An error occurred (AccessDenied) when calling the AssumeRole operation: User: u is not authorized to perform: sts:AssumeRole on resource: r",
            "An error occurred (InvalidGrantException) when calling the CreateToken operation: ",
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired",
            "aws: [ERROR]: An error occurred (ExpiredTokenException) when calling the DescribeInstances operation: ended\n\nAdditional error details:\nType: Sender",
            "An error occurred (InvalidClientTokenId) when calling the X operation: The security token included in the request is invalid.",
            "An error occurred (UnrecognizedClientException) when calling the X operation: The security token included in the request is invalid",
            "Error when retrieving credentials from custom-process: the helper failed",
            "Error when retrieving credentials from iam-role: Credential refresh failed",
            "Credentials were refreshed, but the refreshed credentials are still expired.",
            "Cannot refresh credentials: MFA token required.",
            "Your session has expired or credentials have changed. Please reauthenticate using 'aws login'.",
            "{\n  \"Message\": \"Unable to locate credentials\",\n  \"Code\": \"NoCredentials\"\n}",
            "{\"Code\": \"ExpiredTokenException\", \"Message\": \"ended\", \"Type\": \"Sender\"}",
            "{\"Error\": {\"Code\": \"ExpiredToken\", \"Message\": \"ended\"}}",
        ])
    func signIns(_ text: String) {
        guard case .final(let error) = read(text), error.failure.code == "aws-credentials" else {
            Issue.record("\(text): \(read(text))")
            return
        }
        #expect(!error.description.contains("Additional error details"))
    }

    @Test(
        "a configuration that cannot be used and a certificate that is not trusted are reported at once",
        arguments: [
            ("The config profile (lab) could not be found", "aws-configuration"),
            ("Unable to parse config file: /root/.aws/config", "aws-configuration"),
            (
                "Infinite loop in credential configuration detected. Attempting to load from profile a which has already been visited. Visited profiles: [a]",
                "aws-configuration"
            ),
            (
                "aws: [ERROR]: An error occurred (NoRegion): You must specify a region. You can also configure your region by running \"aws configure\".",
                "aws-configuration"
            ),
            (
                "{\"Code\": \"ProfileNotFound\", \"Message\": \"The config profile (lab) could not be found\"}",
                "aws-configuration"
            ),
            (
                "SSL validation failed for https://sts.us-east-2.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1002)",
                "aws-certificate"
            ),
            (
                "Could not find a suitable TLS CA certificate bundle, invalid path: /x",
                "aws-certificate"
            ),
        ])
    func configuration(_ text: String, _ code: String) {
        guard case .final(let error) = read(text) else {
            Issue.record("\(text): \(read(text))")
            return
        }
        #expect(error.failure.code == code)
    }

    @Test("exit codes of version 2 tell where the text does not, and other texts are unknown")
    func statuses() {
        func read(_ status: Int32?) -> AWSFailure {
            AWSFailure(standardError: "new words", status: status, call: call)
        }
        #expect(read(253) == .final(.configuration("new words")))
        #expect(
            read(252)
                == .final(
                    .refused(call: "sts get-caller-identity", code: "usage", message: "new words")))
        #expect(read(254) == .unknown(detail: "new words"))
        #expect(read(255) == .unknown(detail: "new words"))
        #expect(read(nil) == .unknown(detail: "new words"))
    }

    @Test(
        "an answer of the service in JSON keeps its code, also where its words are those of a configuration"
    )
    func structured() {
        #expect(
            read(
                "{\"Code\": \"NoSuchBucket\", \"Message\": \"b could not be found\", \"BucketName\": \"b\"}"
            )
                == .final(
                    .refused(
                        call: "sts get-caller-identity", code: "NoSuchBucket",
                        message: "b could not be found")))
        #expect(
            read("{\"Code\": \"ThrottlingException\", \"Message\": \"\"}")
                == .throttled(code: "ThrottlingException"))
    }
}
