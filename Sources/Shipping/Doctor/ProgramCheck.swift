import Failures
import PipelineModel
import Processes

/// Whether a program of this machine starts and prints its version.
struct ProgramCheck {
    let area: String
    let program: RequiredProgram
    /// Whether nothing works without it.
    let isNeeded: Bool
    /// Seconds until it is ended.
    var timeout: Double = 30

    func diagnosis() -> Diagnosis {
        let line = program.words.joined(separator: " ")
        do throws(ProcessError) {
            let output = try ProcessRunner.run(
                ProcessCommand(program.words), timeout: timeout, grace: 1)
            switch output.exit {
            case .exited(0):
                let lines = Self.lines(output.standardOutputText + output.standardErrorText)
                return Diagnosis(area, name, .good, String((lines.first ?? "it starts").prefix(60)))
            case .exited:
                let lines = Self.lines(output.standardOutputText + output.standardErrorText)
                let last = lines.last.map { ": \($0.prefix(200))" } ?? ", and printed nothing"
                return finding(
                    "\"\(line)\" ended with \(output.exit)\(last)",
                    program.failing ?? "install it again, until \"\(line)\" prints a version")
            case .signalled:
                return finding(
                    "\"\(line)\" was ended by \(output.exit)",
                    "install it again, until \"\(line)\" prints a version")
            }
        } catch {
            switch error {
            case .executableNotFound:
                return finding(error.failure.headline, program.advice)
            case .timedOut:
                return finding(
                    "\"\(line)\" did not end within \(Int(timeout.rounded(.up))) s",
                    "run it in a terminal to see what it waits for")
            case .spawnFailed:
                let failure = error.failure
                return finding(
                    failure.headline + (failure.cause.map { ": \($0)" } ?? ""),
                    "check the file that \"command -v \(name)\" prints, or install it again")
            case .directoryMissing, .interrupted, .system:
                return Diagnosis.unknown(area, name, error)
            }
        }
    }

    private var name: String {
        program.words[0].split(separator: "/").last.map(String.init) ?? program.words[0]
    }

    private func finding(_ found: String, _ advice: String) -> Diagnosis {
        Diagnosis(area, name, isNeeded ? .bad : .warning, found, advice: advice)
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }
    }
}

extension Diagnosis {
    /// What an error reports: what happened and why, and what to do, with the command that does it.
    init(_ area: String, _ subject: String, _ state: State, of failure: Failure) {
        var advice = failure.advice ?? ""  // none is known
        if case .exact(let command) = failure.command {
            advice += (advice.isEmpty ? "" : ": ") + command
        }
        self.init(
            area, subject, state, failure.headline + (failure.cause.map { ": \($0)" } ?? ""),
            advice: advice)
    }
}
