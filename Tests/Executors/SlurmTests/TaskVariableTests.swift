import PipelineEngine
import Slurm
import Testing

/// Batches of an earlier version of the program, whose tasks are known by Slurm's own variables.
struct TaskVariableTests {
    private static let cases: [([String: String], [Int]?)] = [
        (["SLURM_ARRAY_TASK_ID": "4"], [4, 0]),
        (["SLURM_ARRAY_TASK_ID": "4", "SLURM_RESTART_COUNT": "2"], [4, 2]),
        (["SLURM_ARRAY_TASK_ID": "4", "SLURM_RESTART_COUNT": "x"], nil),
        (["SLURM_RESTART_COUNT": "2"], nil),
        ([:], nil),
    ]

    @Test(
        "a task is known by its number in the array, and by how often it was started before",
        arguments: cases)
    func former(variables: [String: String], task: [Int]?) throws {
        let names = try #require(ExecutorProvider.slurm.taskVariables)
        let found = names.task { variables[$0] }
        #expect(found.map { [$0.index, $0.start] } == task)
    }
}
