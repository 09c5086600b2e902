package import Failures
package import Processes

/// Why a unit made nothing that counts.
extension Failure {
    package static func command(_ exit: ProcessExit) -> Failure {
        Failure("unit-command-failed", "the command ended with \(exit)")
    }

    /// What the unit's own code raised, as its worker reports it.
    package static func raised(_ error: String?) -> Failure {
        let lines = (error ?? "the unit failed").split(whereSeparator: \.isNewline).map(String.init)
        return Failure(
            "unit-raised", lines.first ?? "the unit failed", said: Array(lines.dropFirst()))
    }

    package static func workerEnded(_ exit: ProcessExit?) -> Failure {
        Failure(
            "worker-ended",
            "the worker ended" + (exit.map { " (\($0))" } ?? "") + " without an answer",
            next: "its log says more; other units got a new worker")
    }

    package static func protocolError(_ line: String) -> Failure {
        Failure(
            "worker-babbled",
            "the worker answered something else than one reply: \(line.prefix(200))",
            next: "let units print to standard error, not to standard output")
    }

    /// - Parameter cause: in lower case, without a full stop.
    static func workerAnswer(_ cause: String, _ line: String) -> Failure {
        Failure(
            "worker-answer", "the worker's answer cannot be used: \(cause)",
            said: line.isEmpty ? [] : [String(line.prefix(200))],
            next: "correct the worker; docs/reference/worker.md describes its answers")
    }

    package static func unreadableTask(_ line: String) -> Failure {
        Failure(
            "worker-babbled",
            "the task reported an answer that cannot be read: \(line.prefix(200))",
            next: "let units print to standard error, not to standard output")
    }

    package static func tooLong(seconds: Int) -> Failure {
        Failure(
            "unit-timeout", "stopped after its time limit of \(seconds) s",
            next: "raise \"timeout\" if it needs longer")
    }

    package static func tooMuchMemory(used: Int64, limit: Int64) -> Failure {
        Failure(
            "unit-memory",
            "stopped at \(used >> 20) MiB of memory, over its limit of \(limit >> 20) MiB",
            next: "raise \"memory\" if it needs more")
    }

    /// - Parameter isOwn: whether it is an output of the unit itself, which lies in a folder that it reads.
    static func missingInput(_ path: String, isOwn: Bool) -> Failure {
        guard !isOwn else {
            return Failure(
                "input-missing",
                "the unit reads its own output \"\(path)\", which it has not made yet",
                next: "write it outside of what the unit reads, or name its inputs one by one")
        }
        return Failure(
            "input-missing", "input \"\(path)\" does not exist, and no unit makes it",
            next: "put the file there, or correct \"inputs\"")
    }

    /// - Parameter failures: at least one.
    static func unreadable(_ failures: [Failure]) -> Failure {
        var failure = failures[0]
        failure.said = failures.dropFirst().prefix(4).map(\.headline)
        if failures.count > 5 { failure.said.append("and \(failures.count - 5) more") }
        return failure
    }

    static func hiddenInput(_ path: String, maker: String) -> Failure {
        Failure(
            "input-undeclared",
            "it read \"\(path)\", which \"\(maker)\" makes, without declaring it",
            next: "add it to \"inputs\" or \"may_read\"")
    }

    /// - Parameter times: how often the unit ran, and each time the file was changed.
    static func changedMeanwhile(_ path: String, times: Int) -> Failure {
        Failure(
            "input-changed",
            "\"\(path)\" changed each of the \(times) times that the unit ran",
            cause: "its content at the end of the unit was not what it was at the start",
            next: "leave the file alone while the unit runs; a unit must not write what it reads")
    }

    static func changedSincePlan(_ path: String) -> Failure {
        Failure(
            "input-changed", "\"\(path)\" changed after the plan was made",
            cause: "what was done is kept; the plan does not hold for what the file holds now",
            next: "see what is left to do", run: "pipeline plan")
    }
}
