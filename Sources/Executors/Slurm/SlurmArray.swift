/// An array of tasks as it is submitted: one job with an index for each task.
package struct SlurmArray: Sendable, Hashable {
    /// Unique: by it the job is found again when its number was lost.
    package let name: String
    /// Indices run from 0 to one below this.
    package let tasks: Int
    /// How many may run at once; nil leaves it to the cluster.
    package let atOnce: Int?
    /// Where the tasks run and what they write is kept; absolute.
    package let directory: String
    /// `%a` is the index of the task (sbatch(1), filename pattern).
    package let output: String
    /// Bytes that one task may use; nil leaves it to the cluster.
    package let memory: Int64?
    package let processors: Int
    /// Seconds that one task may take; nil leaves it to the cluster.
    package let timeLimit: Double?
    package let partition: String?
    package let account: String?
    package let quality: String?
    /// Words handed to sbatch as they are.
    package let options: [String]

    package init(
        name: String, tasks: Int, atOnce: Int?, directory: String, output: String, memory: Int64?,
        processors: Int, timeLimit: Double?, partition: String?, account: String?,
        quality: String?, options: [String]
    ) {
        self.name = name
        self.tasks = tasks
        self.atOnce = atOnce
        self.directory = directory
        self.output = output
        self.memory = memory
        self.processors = processors
        self.timeLimit = timeLimit
        self.partition = partition
        self.account = account
        self.quality = quality
        self.options = options
    }

    /// The words of sbatch(1). A task that loses its node is started again with the same index.
    package var words: [String] {
        var words = [
            "sbatch", "--parsable", "--requeue", "--open-mode=append", "--export=ALL",
            "--job-name=\(name)", "--chdir=\(directory)", "--output=\(output)",
            "--array=0-\(tasks - 1)" + (atOnce.map { "%\($0)" } ?? ""),
            "--cpus-per-task=\(processors)",
        ]
        // In MiB, rounded up: a limit must not become a smaller one.
        if let memory { words.append("--mem=\((memory + 1_048_575) >> 20)M") }
        if let timeLimit { words.append("--time=\(max(1, Int((timeLimit / 60).rounded(.up))))") }
        if let partition { words.append("--partition=\(partition)") }
        if let account { words.append("--account=\(account)") }
        if let quality { words.append("--qos=\(quality)") }
        return words + options
    }
}
