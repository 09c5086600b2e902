import BatchExecution
import PipelineModel

/// What is asked of a Slurm cluster. What is nil is left to it.
package struct SlurmSettings: Sendable {
    let partition: String?
    let account: String?
    let quality: String?
    /// Processors of one task.
    let processors: Int
    /// Seconds that one task may take.
    let timeLimit: Double?
    /// Words handed to sbatch as they are.
    let options: [String]

    /// Those of a stage that gives none.
    package init() {
        self.init(
            ExecutorOptions(defaultsOf: ExecutorSchema(name: "", summary: "", keys: Self.keys)))
    }

    init(_ options: ExecutorOptions) {
        partition = options.text("partition")
        account = options.text("account")
        quality = options.text("quality")
        processors = options.value(options.integer, "processors")
        timeLimit = options.seconds("time")
        self.options = options.list("options")
    }

    static let keys = [
        KeySchema("partition", .string, "partition of the cluster; default the cluster's"),
        KeySchema("account", .string, "account that is charged; default the user's"),
        KeySchema("quality", .string, "quality of service (QOS)"),
        KeySchema("processors", .integer(1...4096), default: "1", "processors of one task"),
        KeySchema("time", .duration, "time after which the cluster ends a task"),
        KeySchema("options", .list(.string), "words handed to sbatch as they are"),
    ]
}

extension BatchArray {
    /// The words of sbatch(1). A task that loses its node is started again with the same index.
    func words(_ settings: SlurmSettings) -> [String] {
        var words = [
            "sbatch", "--parsable", "--requeue", "--open-mode=append", "--export=ALL",
            // `%a` is the index of the task (sbatch(1), filename pattern).
            "--job-name=\(name)", "--chdir=\(directory)", "--output=\(log(of: "%a"))",
            "--array=0-\(tasks - 1)" + (atOnce.map { "%\($0)" } ?? ""),
            "--cpus-per-task=\(settings.processors)",
        ]
        // In MiB, rounded up: a limit must not become a smaller one.
        if let memory { words.append("--mem=\((memory + 1_048_575) >> 20)M") }
        if let timeLimit = settings.timeLimit {
            words.append("--time=\(max(1, Int((timeLimit / 60).rounded(.up))))")
        }
        if let partition = settings.partition { words.append("--partition=\(partition)") }
        if let account = settings.account { words.append("--account=\(account)") }
        if let quality = settings.quality { words.append("--qos=\(quality)") }
        return words + settings.options
    }
}
