import Dispatch
import Failures
package import Processes
import Synchronization

/// Asks declared tools for their versions, side by side, and each once for as long as this object lives.
///
/// Nothing is remembered from one run to the next: which files an answer depends on (a library behind an interpreter,
/// the program behind a wrapper) is not known.
package final class ToolProbe: Sendable {
    /// A tool and the variables that it is asked with.
    struct Question: Hashable, Sendable {
        let command: [String]
        let environment: [String: String]
    }

    private let answers = Mutex<[Question: String]>([:])
    private let cancellation = Mutex<Cancellation?>(nil)
    /// Seconds that a tool may take to answer.
    private let timeout: Double

    /// Bytes of each of a tool's streams.
    private static let outputLimit = 1 << 20
    /// Tools that are asked at once.
    private static let width = 16

    init(timeout: Double = 30) { self.timeout = timeout }

    /// Stops asking once this is cancelled.
    package func stop(with cancellation: Cancellation) {
        self.cancellation.withLock { $0 = cancellation }
    }

    /// The next question is asked again.
    package func forget() { answers.withLock { $0 = [:] } }

    /// What each tool prints, both streams, without trailing white space.
    ///
    /// - Throws: `ToolFailure` of the first of these tools that does not answer, `ProcessError.interrupted`.
    func versions(_ questions: [Question]) throws -> [Question: String] {
        let known = answers.withLock { $0 }
        let new = Set(questions).subtracting(known.keys).sorted { $0.line < $1.line }
        guard !new.isEmpty else { return known }
        let results = Mutex<[Question: Result<String, any Error>]>([:])
        let (group, width) = (DispatchGroup(), DispatchSemaphore(value: Self.width))
        for question in new {
            width.wait()
            // Each blocks a thread until its tool has ended: a queue of its own has one whatever the others do.
            DispatchQueue(label: "tool").async(group: group) { @Sendable [self] in
                let result = Result { try ask(question) }
                results.withLock { $0[question] = result }
                width.signal()
            }
        }
        group.wait()
        let asked = results.withLock { $0 }
        let learned = try Dictionary(
            uniqueKeysWithValues: new.compactMap { question in
                try asked[question].map { (question, try $0.get()) }
            })
        return answers.withLock { answers in
            answers.merge(learned) { $1 }
            return answers
        }
    }

    private func ask(_ question: Question) throws -> String {
        func failure(_ cause: String, _ text: String = "") -> ToolFailure {
            ToolFailure(command: question.line, cause: cause, text: text)
        }
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                ProcessCommand(question.command, environment: question.environment),
                outputLimit: Self.outputLimit, timeout: timeout, grace: 1,
                cancel: cancellation.withLock { $0 })
        } catch ProcessError.interrupted {
            throw ProcessError.interrupted
        } catch {
            throw failure("\(error)")
        }
        guard output.exit.isSuccess else {
            throw failure("\(output.exit)", output.standardErrorText)
        }
        guard !output.outputWasCut else { throw failure("it prints more than 1 MiB") }
        return (output.standardOutputText + output.standardErrorText)
            .split(whereSeparator: \.isNewline).joined(separator: "\n")
    }
}

extension ToolProbe.Question {
    var line: String { command.joined(separator: " ") }
}

struct ToolFailure: Explained {
    let command: String
    /// Why there is no answer.
    let cause: String
    /// What it printed.
    let text: String

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "tool-version", "the tool \"\(command)\" did not tell its version (\(cause))",
            cause: String(text.prefix(300)), next: "install it, or take it out of \"tools\"")
    }
}
