import BatchExecution
import Failures
import PipelineEngine
import PipelineShipping
import Posix

/// What a task of a batch runs on a machine of the cluster. Not for people: it stands in no help.
enum ClusterTask {
    static let word = PackTask.word

    /// `pipeline cluster-task BATCH TASK START`, in the project's folder.
    static func run(_ words: [String]) throws -> ExitCode {
        guard let (index, start) = words.count == 2 ? former() : numbers(words) else {
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

    private static func numbers(_ words: [String]) -> (index: Int, start: Int)? {
        guard words.count == 4, let index = Int(words[2]), let start = Int(words[3]) else {
            return nil
        }
        return (index, start)
    }

    /// Of a batch that an earlier version of this program has submitted: the queue's own variables.
    private static func former() -> (index: Int, start: Int)? {
        Registry.executors.lazy.compactMap { $0.taskVariables?.task(Environment.value) }.first
    }
}
