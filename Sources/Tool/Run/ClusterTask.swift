import Failures
import PipelineEngine
import Posix

/// What a job of `executor: slurm` runs on a machine of the cluster. Not for people: it stands in no help.
enum ClusterTask {
    static let word = "cluster-task"

    /// `pipeline cluster-task BATCH`, in the project's folder, with the variables that sbatch(1) sets for a task.
    static func run(_ words: [String]) throws -> ExitCode {
        guard words.count == 2, let index = number("SLURM_ARRAY_TASK_ID") else {
            throw UsageError(
                "slurm-alone", "\(word) is started by Slurm alone, as a task of an array",
                next: "run the stage; its \"executor: slurm\" starts tasks", run: "pipeline run")
        }
        let interrupts = try Interrupts()
        let task = PackTask(
            batch: words[1], task: index, start: number("SLURM_RESTART_COUNT") ?? 0,
            cancellation: interrupts.cancellation)
        return try task.run() ? .done : interrupts.exitCode ?? .terminated
    }

    private static func number(_ variable: String) -> Int? {
        Environment.value(variable).flatMap { Int($0) }
    }
}
