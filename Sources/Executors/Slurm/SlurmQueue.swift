package import BatchExecution
import Failures
package import Processes
import Texts

/// Asks Slurm by its own commands, which every cluster has: sbatch(1), squeue(1), scontrol(1), scancel(1).
package struct SlurmQueue: BatchQueue {
    private let settings: SlurmSettings
    private let commands: QueueCommands

    /// - Parameters:
    ///   - timeout: seconds that one command may take.
    ///   - environment: changes to the environment of the commands.
    package init(
        _ settings: SlurmSettings = SlurmSettings(), cancel: Cancellation?, timeout: Double = 60,
        environment: [String: String?] = [:]
    ) {
        self.settings = settings
        commands = Self.commands(cancel: cancel, timeout: timeout, environment)
    }

    private init(_ settings: SlurmSettings, _ commands: QueueCommands) {
        self.settings = settings
        self.commands = commands
    }

    /// Slurm's commands, with times in the form that they have without a setting of the user's.
    static func commands(
        cancel: Cancellation?, timeout: Double, _ environment: [String: String?] = [:]
    ) -> QueueCommands {
        QueueCommands(
            environment: environment.merging(["SLURM_TIME_FORMAT": nil]) { $1 }, timeout: timeout,
            cancel: cancel)
    }

    package var title: String { "Slurm" }

    // MaxArraySize is 1001 unless it was raised.
    package var mostTasks: Int { 1000 }

    package func submit(
        _ array: BatchArray, command: [String]
    ) throws(BatchQueueError) -> String {
        let words = command.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
        var script = """
            #!/bin/sh
            exec \(words.joined(separator: " ")) "$SLURM_ARRAY_TASK_ID" "${SLURM_RESTART_COUNT:-0}"
            """
        if let text = array.input {
            // Not as a word: others on the node can read command lines.
            script += " <<'PIPELINE'\n\(String(decoding: text, as: UTF8.self))\nPIPELINE"
        }
        script += "\n"
        let output = try run(array.words(settings), input: script)
        // `number` or `number;cluster` (sbatch(1), --parsable).
        let job = output.split(whereSeparator: { $0.isNewline || $0 == ";" }).first.map(String.init)
        guard let job, Int(job) != nil else {
            throw .refused(program: "sbatch", "it printed no number: \(output)")
        }
        return job
    }

    package func tasks(named names: [String]) throws(BatchQueueError) -> [BatchTask] {
        guard !names.isEmpty else { return [] }
        let output = try run([
            "squeue", "--noheader", "--array", "--name=\(names.joined(separator: ","))",
            "--format=%F|%K|%T|%j|%r",
        ])
        return output.split(separator: "\n").compactMap { BatchTask(squeue: String($0)) }
    }

    package func end(of job: String, _ index: Int) throws(BatchQueueError) -> BatchTaskEnd? {
        let words = ["scontrol", "show", "job", "--oneliner", "\(job)_\(index)"]
        let output = try output(words)
        guard output.exit.isSuccess else {
            let error = Self.refusal(words[0], output)
            if error.failure.headline.contains("Invalid job id") { return nil }
            throw error
        }
        return BatchTaskEnd(scontrol: output.standardOutputText)
    }

    package func cancelJobs(named name: String) throws(BatchQueueError) {
        // Not by the run's cancellation, which is why this is called.
        let queue = SlurmQueue(settings, commands.afterCancellation)
        _ = try queue.run(["scancel", "--name=\(name)"])
    }

    package func listCommand(_ name: String) -> String { "squeue --name=\(name)" }
    package func cancelCommand(_ name: String) -> String { "scancel --name=\(name)" }

    private func run(
        _ words: [String], input: String? = nil
    ) throws(BatchQueueError) -> String {
        let output = try output(words, input: input)
        guard output.exit.isSuccess else { throw Self.refusal(words[0], output) }
        return output.standardOutputText
    }

    private func output(
        _ words: [String], input: String? = nil
    ) throws(BatchQueueError) -> ProcessOutput {
        do { return try commands.output(words, input: input) } catch {
            switch error {
            case .missing(let program): throw .missing(program: program)
            case .hung(let program, let seconds): throw .hung(program: program, seconds: seconds)
            case .other(let failure): throw BatchQueueError(.refused, failure)
            }
        }
    }

    private static func refusal(_ program: String, _ output: ProcessOutput) -> BatchQueueError {
        let lines = output.standardErrorText.split(separator: "\n")
            .map { $0.hasPrefix("\(program): error: ") ? $0.dropFirst(program.count + 9) : $0 }
        return .refused(program: program, lines.joined(separator: "; "))
    }
}
