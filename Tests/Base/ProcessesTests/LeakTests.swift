import Posix
import Processes
import Testing

@Suite struct LeakTests {
    /// In a process of its own, where no other test opens descriptors meanwhile. Its exit code says what was wrong: an
    /// issue of that process arrives here without its text.
    @Test func manySpawnsLeaveNoDescriptorsAndNoZombies() async {
        await #expect(processExitsWith: .success) {
            func open() -> Int { (try? FileSystem.entries(of: "/proc/self/fd").count) ?? -1 }
            func spawn() {
                let output = try? ProcessRunner.run(ProcessCommand(["true"]), input: [1])
                guard let output else { ProgramExit.exit(10) }
                if output.exit != .exited(0) { ProgramExit.exit(11) }
            }
            // What the system's libraries keep open is open after the first few.
            for _ in 0..<10 { spawn() }
            let before = open()
            for _ in 0..<200 { spawn() }
            for _ in 0..<20 {
                let output = try? ProcessRunner.run(ProcessCommand(["no-such"]))
                if output != nil { ProgramExit.exit(12) }
            }
            if open() != before { ProgramExit.exit(13) }
            let children = try? FileSystem.readText(
                "/proc/self/task/\(Host.processID)/children")
            if children != "" { ProgramExit.exit(14) }
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
