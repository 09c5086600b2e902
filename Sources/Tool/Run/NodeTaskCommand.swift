import BatchExecution
import Failures
import PipelineShipping
import Posix

/// What a task runs on a node that does not see the project's folder. Not for people: it stands in no help.
enum NodeTaskCommand {
    static let word = NodeTask.word

    /// `pipeline node-task TASK START`, with what the task is to do on standard input.
    ///
    /// - Returns: the exit code.
    static func run(_ words: [String]) throws -> Int32 {
        let numbers = words.dropFirst().map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let start = numbers[1] else {
            throw alone
        }
        let orders: TaskOrders
        do { orders = try TaskOrders(parsing: standardInput()) } catch { throw alone }
        let interrupts = try Interrupts()
        do {
            let task = try NodeTask(
                orders, task: index, start: start, cancellation: interrupts.cancellation,
                open: NodeArchive.open(orders.archive))
            let isDone = try task.run()
            return (isDone ? .done : interrupts.exitCode ?? .terminated).rawValue
        } catch {
            // What was interrupted ends as it was asked to.
            if let code = interrupts.exitCode { return code.rawValue }
            let failure = Failure(of: error)
            let code: Int32
            switch failure.code {
            case "task-archive-unreachable": code = NodeTask.unreachableExit
            case "task-archive-other": code = NodeTask.otherExit
            default: throw error
            }
            StandardStreams.write(to: 2, "error[\(failure.code)]: \(failure.text)\n")
            return code
        }
    }

    private static let alone = UsageError(
        "task-alone", "\(word) is started by the queue of a cluster, as a task of an array",
        next: "run the stage; its executor starts tasks", run: "pipeline run")

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = try Descriptors.read(0, upTo: 1 << 16)
            if part.isEmpty { return bytes }
            bytes += part
        }
    }
}
