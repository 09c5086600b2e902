import Dispatch
import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import AWS

/// What programs that are not AWS's, or that fail without a word, are reported as.
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
    func unavailable() throws {
        let program = try FakeProgram(
            "echo 'An error occurred (503) when calling the X operation: busy' >&2; exit 254")
        let error = #expect(throws: AWSError.self) { try client(program.path).identity() }
        #expect(error?.failure.code == "aws-unavailable")
    }

    @Test("a failure of no known form is shown after three calls, with the program's own words")
    func unknown() throws {
        let program = try FakeProgram("echo x >> $0.calls; echo 'the moon is full' >&2; exit 255")
        var client = client(program.path)
        client.backoff = Backoff(base: 0, most: 0)
        let error = #expect(throws: AWSError.self) { try client.identity() }
        #expect(
            error
                == .failed(call: "sts get-caller-identity", detail: "the moon is full", tries: 3))
        #expect(error?.failure.code == "aws-failed")
        #expect(try FileSystem.readText(program.path + ".calls") == "x\nx\nx\n")
    }

    @Test(
        "errors are asked for in a form that is meant to be read, and an ended sign-in is reported by one call"
    )
    func form() throws {
        let program = try FakeProgram(
            """
            echo x >> $0.calls
            printf '{"Code": "SSOTokenLoadError", "Message": "%s run aws sso login"}' \
              "$AWS_CLI_ERROR_FORMAT" >&2; exit 255
            """)
        var settings = AWSSettings(region: "us-east-2")
        settings.program = program.path
        let error = #expect(throws: AWSError.self) { try AWSClient(settings).identity() }
        #expect(
            error == .credentials(code: "SSOTokenLoadError", message: "json run aws sso login"))
        #expect(try FileSystem.readText(program.path + ".calls") == "x\n")
    }

    @Test(
        "a cancellation ends a call that gets no answer, and a wait for the next, within a second")
    func interrupted() throws {
        for script in [
            "sleep 600", "echo 'Read timeout on endpoint URL: \"u\"' >&2; exit 255",
        ] {
            let program = try FakeProgram(script)
            var settings = AWSSettings(region: "us-east-2")
            (settings.program, settings.patience) = (program.path, .infinity)
            var client = AWSClient(settings)
            client.backoff = Backoff(base: 1e6, most: 1e6)
            let cancel = Cancellation()
            let start = MonotonicClock.nanoseconds()
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { cancel.cancel() }
            let error = #expect(throws: AWSError.self) { try client.identity(cancel: cancel) }
            #expect(error == .interrupted, "\(script)")
            #expect(MonotonicClock.nanoseconds() - start < 2_000_000_000)
        }
    }

    @Test("a call that must not be sent twice is not, and nobody knows whether it was done")
    func answerLost() {
        let call = AWSCall.createServer(loggingRole: nil, tags: [])
        let error = #expect(throws: AWSError.self) { try client("false").run(call) }
        #expect(error?.failure.code == "aws-answer-lost")
    }

    @Test(
        "what is denied and what the program does not know are distinguished from other refusals",
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

/// A program of a test's own in the place of `aws`.
final class FakeProgram {
    let path: String

    init(_ script: String) throws {
        path =
            (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-fake-aws-\(UUID().uuidString)"
        try FileSystem.writeAtomically("#!/bin/sh\n\(script)\n".utf8, to: path, mode: 0o755)
    }

    deinit {
        try? FileSystem.remove(path)
        try? FileSystem.remove(path + ".calls")
    }
}
