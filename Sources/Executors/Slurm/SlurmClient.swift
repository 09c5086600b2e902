package import Processes

/// Asks Slurm by its own commands, which every cluster has: sbatch(1), squeue(1), scontrol(1), scancel(1).
package struct SlurmClient: Sendable {
    private let cancel: Cancellation?
    /// Seconds that one command may take.
    private let patience: Double
    private let environment: [String: String?]

    /// - Parameters:
    ///   - patience: seconds that one command may take.
    ///   - environment: changes to the environment of the commands.
    package init(
        cancel: Cancellation?, patience: Double = 60, environment: [String: String?] = [:]
    ) {
        self.cancel = cancel
        self.patience = patience
        self.environment = environment
    }

    /// Submits an array that runs `script`.
    ///
    /// Not repeatable: after an error that leaves open whether it was taken, look for the name first.
    ///
    /// - Returns: the number of the job.
    package func submit(_ array: SlurmArray, script: String) throws(SlurmError) -> String {
        let output = try run(array.words, input: script)
        // `number` or `number;cluster` (sbatch(1), --parsable).
        let job = output.split(whereSeparator: { $0.isNewline || $0 == ";" }).first.map(String.init)
        guard let job, Int(job) != nil else {
            throw .refused(program: "sbatch", message: "it told no number: \(output)")
        }
        return job
    }

    /// What Slurm knows to wait or to run under these names. Names that it does not know are left out.
    package func tasks(named names: [String]) throws(SlurmError) -> [SlurmTask] {
        guard !names.isEmpty else { return [] }
        let output = try run([
            "squeue", "--noheader", "--array", "--name=\(names.joined(separator: ","))",
            "--format=%F|%K|%T|%j|%r",
        ])
        return output.split(separator: "\n").compactMap { SlurmTask(line: String($0)) }
    }

    /// How a task ended; nil where Slurm has forgotten it.
    package func end(of job: String, _ index: Int) throws(SlurmError) -> SlurmEnd? {
        do throws(SlurmError) {
            let output = try run(["scontrol", "show", "job", "--oneliner", "\(job)_\(index)"])
            return SlurmEnd(line: output)
        } catch {
            if case .refused(_, let message) = error, message.contains("Invalid job id") {
                return nil
            }
            throw error
        }
    }

    /// Ends all tasks of this name, whether they wait or run. That there are none is no error.
    package func cancelJobs(named name: String) throws(SlurmError) {
        // Not by the run's cancellation, which is why this is called.
        let client = SlurmClient(cancel: nil, patience: patience, environment: environment)
        _ = try client.run(["scancel", "--name=\(name)"])
    }

    private func run(_ words: [String], input: String? = nil) throws(SlurmError) -> String {
        let program = words[0]
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                ProcessCommand(
                    words, environment: environment.merging(["SLURM_TIME_FORMAT": nil]) { $1 }),
                input: input.map { Array($0.utf8) }, timeout: patience, grace: 1, cancel: cancel)
        } catch {
            switch error {
            case .executableNotFound: throw .notInstalled(program: program)
            case .timedOut(let seconds): throw .hung(program: program, seconds: seconds)
            default: throw .process(error)
            }
        }
        guard output.exit.isSuccess else {
            let lines = output.standardErrorText.split(separator: "\n")
                .map { $0.hasPrefix("\(program): error: ") ? $0.dropFirst(program.count + 9) : $0 }
            throw .refused(program: program, message: lines.joined(separator: "; "))
        }
        return output.standardOutputText
    }
}
