import BatchExecution
import Failures
import Posix
import Processes

/// A queue whose machine is this one: each task is a process in the background. The third queue beside Slurm's and none, and
/// all that it takes to add one.
final class ProcessQueue: BatchQueue {
    private struct Task {
        let array: BatchArray
        let job: String
        let index: Int
        let command: [String]
        var process: ChildProcess?
        var end: BatchTaskEnd?
    }

    private var tasks: [Task] = []
    private var jobs = 0

    var title: String { "the queue of processes" }
    var mostTasks: Int { 1000 }

    func submit(_ array: BatchArray, command: [String]) throws(BatchQueueError) -> String {
        jobs += 1
        let job = "\(jobs)"
        tasks += (0..<array.tasks).map {
            Task(array: array, job: job, index: $0, command: command)
        }
        try advance()
        return job
    }

    func tasks(named names: [String]) throws(BatchQueueError) -> [BatchTask] {
        try advance()
        return tasks.filter { names.contains($0.array.name) && $0.end == nil }.map { task in
            BatchTask(
                job: task.job, index: task.index, name: task.array.name,
                state: task.process == nil ? .waiting : .running,
                reason: task.process == nil ? "Slots" : "None")
        }
    }

    func end(of job: String, _ index: Int) throws(BatchQueueError) -> BatchTaskEnd? {
        try advance()
        return tasks.first { $0.job == job && $0.index == index }?.end
    }

    func cancelJobs(named name: String) throws(BatchQueueError) {
        for place in tasks.indices where tasks[place].array.name == name {
            guard tasks[place].end == nil else { continue }
            tasks[place].process?.terminate(grace: 2)
            tasks[place].end = end(.cancelled, "?")
        }
    }

    func listCommand(_ name: String) -> String { "ps" }
    func cancelCommand(_ name: String) -> String { "kill" }

    func failure(_ problem: BatchProblem, task: String) -> Failure {
        Failure("task-ended", "the task \(task) ended: \(problem)")
    }

    private func end(
        _ state: BatchTaskState, _ code: String, wasKilled: Bool = false
    ) -> BatchTaskEnd {
        BatchTaskEnd(state: state, exitCode: code, node: "here", wasKilled: wasKilled)
    }

    /// Takes in what has ended, and starts what there is room for.
    private func advance() throws(BatchQueueError) {
        for place in tasks.indices where tasks[place].end == nil {
            guard let process = tasks[place].process else { continue }
            switch process.poll() {
            case .exited(0): tasks[place].end = end(.completed, "0")
            case .exited(let code): tasks[place].end = end(.failed("FAILED"), "\(code)")
            case .signalled(let number):
                tasks[place].end = end(.failed("FAILED"), "0:\(number)", wasKilled: true)
            case nil: break
            }
        }
        for place in tasks.indices where tasks[place].end == nil && tasks[place].process == nil {
            let task = tasks[place]
            let running = tasks.count {
                $0.job == task.job && $0.end == nil && $0.process != nil
            }
            guard running < task.array.atOnce ?? 4 else { continue }
            do {
                let log = ChildProcess.Redirection.file(
                    task.array.log(of: "\(task.index)"), append: true)
                let process = try ChildProcess(
                    ProcessCommand(
                        task.command + ["\(task.index)", "0"], directory: task.array.directory),
                    standardInput: .pipe, standardOutput: log, standardError: log)
                if let input = task.array.input, let end = process.standardInput {
                    try Descriptors.write(input, to: end)
                }
                process.closeStandardInput()
                tasks[place].process = process
            } catch {
                throw BatchQueueError(.refused, Failure(of: error))
            }
        }
    }
}
