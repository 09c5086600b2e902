import JSON
import Posix
package import Processes

/// AWS by way of the user's own `aws` program: all of its ways to sign in work, and it keeps up with AWS.
///
/// The program's own retries are off, and ours on: they know which calls may be sent twice.
package struct AWSClient: Sendable {
    package let settings: AWSSettings
    package var backoff = Backoff()
    /// Told of each call that has ended: for figures and tests.
    package var onCall: (@Sendable (AWSCall) -> Void)?
    /// Told before each wait: what was called, why it is called again, and the seconds waited so far.
    package var onRetry: (@Sendable (AWSCall, String, Double) -> Void)?

    /// So often a call is made whose failure has no form that is known.
    private static let triesOfUnknown = 3

    package init(_ settings: AWSSettings) { self.settings = settings }

    /// Calls, and again while the service is busy or away, until it answers or patience ends.
    ///
    /// - Returns: what the program wrote: JSON, or nothing where the operation answers nothing.
    package func run(
        _ call: AWSCall, cancel: Cancellation? = nil
    ) throws(AWSError) -> [UInt8] {
        let started = MonotonicClock.nanoseconds()
        var attempt = 0
        while true {
            let failure: AWSFailure
            switch try once(call, cancel) {
            case .success(let output): return output
            case .failure(let reason): failure = reason.failure
            }
            let detail: String
            var patience = settings.patience
            switch failure {
            case .final(let error): throw error
            case .throttled(let code): detail = code
            case .unreached(let text): detail = text
            case .transient(let text):
                guard call.isRepeatable else { throw .answerLost(call: call.name, detail: text) }
                detail = text
            case .unknown(let text):
                guard call.isRepeatable else { throw .answerLost(call: call.name, detail: text) }
                guard attempt + 1 < Self.triesOfUnknown else {
                    throw .failed(call: call.name, detail: text, tries: attempt + 1)
                }
                detail = text
                // Few tries: what is not understood may never end by itself.
                patience = .infinity
            }
            let waited = Double(MonotonicClock.nanoseconds() - started) / 1e9
            let wait = backoff.wait(attempt, chance: .random(in: 0...1))
            guard waited + wait < patience else {
                throw .unavailable(call: call.name, detail: detail, seconds: Int(waited))
            }
            onRetry?(call, detail, waited)
            try Self.pause(wait, cancel)
            attempt += 1
        }
    }

    /// Calls and decodes what comes back. Names of members begin with a small letter here.
    package func ask<Answer: Decodable>(
        _ call: AWSCall, as type: Answer.Type = Answer.self, cancel: Cancellation? = nil
    ) throws(AWSError) -> Answer {
        let output = try run(call, cancel: cancel)
        return try Self.decode(output, of: call)
    }

    static func decode<Answer: Decodable>(
        _ output: [UInt8], of call: AWSCall
    ) throws(AWSError) -> Answer {
        let bytes = output.contains { $0 > 0x20 } ? output : Array("{}".utf8)
        do {
            return try JSONValue.decode(Answer.self, from: bytes, names: .mapped(MemberName.swift))
        } catch {
            throw .unreadable(call: call.name, detail: Self.short(error))
        }
    }

    // Where, and what; the values themselves may be long.
    private static func short(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "\"\(key.stringValue)\" is missing at \"\(path(context))\""
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            return "\"\(path(context))\" has another type than expected"
        default: return "it is not JSON"
        }
    }

    /// A failure as an error, for `Result`.
    private struct Failed: Error { let failure: AWSFailure }

    private func once(
        _ call: AWSCall, _ cancel: Cancellation?
    ) throws(AWSError) -> Result<[UInt8], Failed> {
        defer { onCall?(call) }
        // No pager, no prompt, no retries of its own, and errors in a form that is meant to be read.
        let environment: [String: String?] = [
            "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "standard",
            "AWS_CLI_AUTO_PROMPT": "off", "PYTHONWARNINGS": "ignore",
            "AWS_CLI_ERROR_FORMAT": "json",
        ]
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                ProcessCommand(call.arguments(settings), environment: environment),
                outputLimit: 256 << 20, timeout: 120, grace: 1, cancel: cancel)
        } catch {
            switch error {
            case .executableNotFound: throw .toolMissing(settings.program)
            case .interrupted: throw .interrupted
            case .timedOut(let seconds):
                return .failure(Failed(failure: .transient(detail: "no answer in \(seconds) s")))
            default: throw .unreadable(call: call.name, detail: error.description)
            }
        }
        guard !output.exit.isSuccess else { return .success(output.standardOutput) }
        var status: Int32?
        if case .exited(let number) = output.exit { status = number }
        return .failure(
            Failed(
                failure: AWSFailure(
                    standardError: output.standardErrorText, status: status, call: call)))
    }

    /// Waits before something that takes its time is asked about again: a tenth of the time that it has taken so far, so
    /// that what is quick is seen at once and what is slow is asked about seldom.
    ///
    /// - Parameters:
    ///   - began: when the waiting began, on the monotonic clock, in nanoseconds.
    ///   - most: seconds.
    package static func pause(
        since began: Int64, atMost most: Double, _ cancel: Cancellation?
    ) throws(AWSError) {
        let passed = Double(MonotonicClock.nanoseconds() - began) / 1e9
        try pause(min(most, max(0.3, passed / 10)), cancel)
    }

    /// Waits, or ends early when cancelled.
    package static func pause(_ seconds: Double, _ cancel: Cancellation?) throws(AWSError) {
        let milliseconds = Int((seconds * 1000).rounded(.up))
        let descriptor = cancel?.descriptor ?? -1
        _ = try? Poll.wait(  // try?: a shorter wait; tries are bounded
            [(descriptor, .readable)], timeoutMs: milliseconds)
        if cancel?.isCancelled == true { throw .interrupted }
    }
}
