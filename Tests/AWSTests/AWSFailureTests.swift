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

    @Test("credentials and clocks are told apart from refusals")
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
}
