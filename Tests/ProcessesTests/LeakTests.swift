import Posix
import Processes
import Testing

@Suite struct LeakTests {
    /// In a process of its own, where no other test opens descriptors meanwhile.
    @Test func manySpawnsLeaveNoDescriptorsAndNoZombies() async {
        await #expect(processExitsWith: .success) {
            func open() throws -> Int { try FileSystem.entries(of: "/proc/self/fd").count }
            func children() throws -> String {
                try FileSystem.readText("/proc/self/task/\(Host.processID)/children")
            }
            _ = try ProcessRunner.run(ProcessCommand(["true"]), input: [1])
            let before = try open()
            for _ in 0..<200 {
                let output = try ProcessRunner.run(ProcessCommand(["true"]), input: [1])
                try #require(output.exit == .exited(0))
            }
            for _ in 0..<20 {
                try #require(throws: ProcessError.self) {
                    try ProcessRunner.run(ProcessCommand(["no-such"]))
                }
            }
            try #require(try open() == before)
            try #require(try children().isEmpty)
        }
    }

    @Test func runsInParallel() async throws {
        let sums = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let output = try ProcessRunner.run(ProcessCommand(["echo", "\(number)"]))
                    return Int(output.standardOutputText.dropLast()) ?? 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sums == 780)
    }
}
