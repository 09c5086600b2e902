import Failures
import Testing

@testable import AWS

/// What programs that are not AWS's, or that fail without a word, are told as.
@Suite("Calls whose answers are none")
struct AWSClientTests {
    private func client(_ program: String) -> AWSClient {
        var settings = AWSSettings(region: "us-east-2")
        settings.program = program
        settings.patience = 0
        return AWSClient(settings)
    }

    @Test("an answer that is not JSON cannot be read")
    func unreadable() {
        let error = #expect(throws: AWSError.self) { try client("echo").identity() }
        #expect(error?.failure.code == "aws-unreadable")
    }

    @Test("a call that may be sent again ends with the patience")
    func unavailable() {
        let error = #expect(throws: AWSError.self) { try client("false").identity() }
        #expect(error?.failure.code == "aws-unavailable")
    }

    @Test("a call that must not be sent twice is not, and nobody knows whether it was done")
    func answerLost() {
        let call = AWSCall.createServer(loggingRole: nil, tags: [])
        let error = #expect(throws: AWSError.self) { try client("false").run(call) }
        #expect(error?.failure.code == "aws-answer-lost")
    }

    @Test(
        "what is denied and what the program does not know are told apart from other refusals",
        arguments: [
            (
                "An error occurred (AccessDenied) when calling the X operation: not you",
                "aws-denied"
            ),
            (
                "aws: error: argument operation: Invalid choice, valid choices are:",
                "aws-tool-too-old"
            ),
        ])
    func refused(_ text: String, _ code: String) {
        guard
            case .final(let error) = AWSFailure(standardError: text, call: .callerIdentity())
        else {
            Issue.record("\(text) is not seen as a refusal")
            return
        }
        #expect(error.failure.code == code)
    }
}
