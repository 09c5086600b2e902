import BatchExecution
import Failures
import PipelineEngine
import Posix

/// What a task of a batch runs on a machine of the cluster. Not for people: it stands in no help.
enum ClusterTask {
    static let word = PackTask.word

    /// `pipeline cluster-task BATCH TASK START`, in the project's folder.
    static func run(_ words: [String]) throws -> ExitCode {
        let numbers = words.dropFirst(2).map { Int($0) } + slurm(words)
        guard numbers.count == 2, let index = numbers[0], let start = numbers[1] else {
            throw UsageError(
                "task-alone",
                "\(word) is started by the queue of a cluster, as a task of an array",
                next: "run the stage; its executor starts tasks", run: "pipeline run")
        }
        let interrupts = try Interrupts()
        let task = PackTask(
            batch: words[1], task: index, start: start, cancellation: interrupts.cancellation)
        return try task.run() ? .done : interrupts.exitCode ?? .terminated
    }

    /// Of a batch that an earlier version of this program has submitted: the variables that sbatch(1) sets for a task.
    private static func slurm(_ words: [String]) -> [Int?] {
        guard words.count == 2 else { return [] }
        return ["SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT"].map { name in
            Environment.value(name).flatMap { Int($0) } ?? (name.hasSuffix("COUNT") ? 0 : nil)
        }
    }
}
