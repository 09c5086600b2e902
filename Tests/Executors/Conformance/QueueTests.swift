import BatchExecution
import LocalExecution
import PipelineEngine
import Slurm
import TestServers
import Testing

/// The queues that this program has, and one of the tests' own: all of them do the same.
@Suite struct QueueTests {
    @Test("a queue of processes: tasks, words, ends, cancelling")
    func processes() throws {
        let queue = ProcessQueue()
        #expect(queue.mostTasks > 0)
        try QueueConformance(queue).all()
    }

    @Test(
        "Slurm: tasks, words, ends, cancelling",
        .enabled(if: SlurmCluster.isWanted, "no Slurm is installed, or this is not root"))
    func slurm() throws {
        let cluster = try SlurmCluster()
        let queue = SlurmQueue(cancel: nil, environment: cluster.environment)
        #expect(queue.mostTasks == 1000)
        try QueueConformance(queue).all()
        withExtendedLifetime(cluster) {}
    }
}

/// The executors, each in a process of its own. What is wrong is printed there; here its exit code arrives.
@Suite struct ExecutorTests {
    @Test("on this machine: units run, fail and are interrupted")
    func local() async {
        await #expect(processExitsWith: .success) {
            var suite = try ExecutorConformance(ExecutorProvider.local.make)
            try suite.all()
        }
    }

    @Test("batches over a queue of processes: units run, fail and are interrupted")
    func batches() async {
        await #expect(processExitsWith: .success) {
            let queue = ProcessQueue()
            var suite = try ExecutorConformance {
                try BatchExecutor(queue, $0, tool: BuiltProgram.path)
            }
            try suite.all()
        }
    }

    @Test("batches over a queue of processes: what a killed run has submitted is adopted")
    func adoption() async {
        await #expect(processExitsWith: .success) {
            let queue = ProcessQueue()
            var suite = try ExecutorConformance {
                try BatchExecutor(queue, $0, tool: BuiltProgram.path)
            }
            try suite.adopts()
        }
    }

    @Test(
        "batches over Slurm: units run, fail, are interrupted and adopted",
        .enabled(if: SlurmCluster.isWanted, "no Slurm is installed, or this is not root"))
    func slurm() async {
        await #expect(processExitsWith: .success) {
            let cluster = try SlurmCluster()
            let queue = SlurmQueue(cancel: nil, environment: cluster.environment)
            let make = { (request: ExecutorProvider.Request) in
                try BatchExecutor(queue, request, tool: BuiltProgram.path) as any Executor
            }
            var suite = try ExecutorConformance(make)
            try suite.all()
            var adopting = try ExecutorConformance(make)
            try adopting.adopts()
            withExtendedLifetime(cluster) {}
        }
    }
}

/// The program that was built with these tests.
enum BuiltProgram {
    static let path: String = {
        let test =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return String(test[..<(test.lastIndex(of: "/") ?? test.startIndex)]) + "/pipeline"
    }()
}
